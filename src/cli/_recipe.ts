import { type NetworkName, NETWORKS } from "../models/mod.ts";
import { type RecipeName, RECIPES } from "../training/mod.ts";
import { usage } from "./_options.ts";

/** The recipe of that name. */
export function recipeName(command: string, text: string): RecipeName {
  return keyOf(RECIPES, command, "recipe", text);
}

/** The network of that name. */
export function networkName(command: string, text: string): NetworkName {
  return keyOf(NETWORKS, command, "network", text);
}

function keyOf<Name extends string>(
  known: Readonly<Record<Name, unknown>>,
  command: string,
  option: string,
  text: string,
): Name {
  if (Object.hasOwn(known, text)) return text as Name;
  const names = Object.keys(known).join(", ");
  throw usage(command, `--${option}: expected ${names}, got ${text}`);
}
