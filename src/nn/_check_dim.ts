import { describe } from "../base/errors.ts";

/** Throws unless a layer's axis is a whole number. */
export function checkDim(layer: string, dim: number): void {
  if (Number.isInteger(dim)) return;
  throw new TypeError(describe({
    what: `${layer}: dim`,
    expected: "a whole number",
    got: typeof dim === "number" ? String(dim) : typeof dim,
    help: `Give the axis by its position: new ${layer}(1).`,
  }));
}
