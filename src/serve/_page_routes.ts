import { encodeSafetensors } from "../formats/safetensors.ts";
import { type Classifier, type NetworkName, NETWORKS } from "../models/mod.ts";
import { answer, get, json, type Route } from "./_answers.ts";
import { bundlePage } from "./page/bundle.ts";
import { pageHtml } from "./page/html.ts";
import { pageStyle } from "./page/style.ts";
import type { Sample } from "./service.ts";

/** The page, and what it loads. Its script is made when it is first asked for. */
export function pageRoutes(
  model: Classifier,
  samples: readonly Sample[],
): Readonly<Record<string, Route>> {
  let bundle: Promise<string> | null = null;
  const script = async () => {
    try {
      return await (bundle ??= bundlePage());
    } catch (error) {
      bundle = null;
      throw error;
    }
  };
  return {
    "/": get(async () => {
      // Before the page: without it, there is none.
      await script();
      return answer(pageHtml, "text/html; charset=utf-8");
    }),
    "/page.css": get(() => answer(pageStyle, "text/css; charset=utf-8")),
    "/page.js": get(async () =>
      answer(await script(), "text/javascript; charset=utf-8")
    ),
    "/model.safetensors": get(async () => {
      const bytes = encodeSafetensors(
        await model.stateDict(),
        metadataOf(model),
      );
      return answer(new Uint8Array(bytes), "application/octet-stream");
    }),
    "/samples.json": get(() =>
      json(samples.map(({ label, pixels }) => ({ label, pixels: [...pixels] })))
    ),
  };
}

/** The name of the network, which its weights do not always tell. */
function metadataOf(model: Classifier): Record<string, string> {
  const names = Object.keys(NETWORKS) as NetworkName[];
  const network = names.find((name) =>
    NETWORKS[name]().constructor === model.constructor
  );
  return network === undefined ? {} : { network };
}
