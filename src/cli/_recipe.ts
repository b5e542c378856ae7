import { type RecipeName, RECIPES } from "../training/mod.ts";
import { usage } from "./_options.ts";

/** The recipe of that name. */
export function recipeName(command: string, text: string): RecipeName {
  if (Object.hasOwn(RECIPES, text)) return text as RecipeName;
  const names = Object.keys(RECIPES).join(", ");
  throw usage(command, `--recipe: expected ${names}, got ${text}`);
}
