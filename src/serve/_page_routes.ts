import type { Classifier } from "../models/mod.ts";
import { answer, get, type Route } from "./_answers.ts";
import { type PageContents, pageFiles } from "./page_files.ts";

/** The page, and what it loads. */
export function pageRoutes(
  model: Classifier,
  contents: PageContents,
): Readonly<Record<string, Route>> {
  const files = Object.entries(pageFiles(model, contents));
  return Object.fromEntries(files.map(([name, { read, type }]) => [
    name === "index.html" ? "/" : `/${name}`,
    get(async () => answer(await read(), type)),
  ]));
}
