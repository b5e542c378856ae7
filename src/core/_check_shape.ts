import { describe, ShapeError } from "../base/errors.ts";

/**
 * Refuses what is no shape: a tensor's dimensions are positive whole numbers.
 *
 * @throws {ShapeError} If the value is not an array of such numbers.
 */
export function checkShape(what: string, shape: readonly number[]): void {
  if (Array.isArray(shape) && shape.every(isSize)) return;
  throw new ShapeError(describe({
    what: `shape of ${what}`,
    expected: "an array of positive whole numbers",
    got: Array.isArray(shape) ? `[${shape.join(", ")}]` : String(shape),
    help: "Give the size of each dimension, outermost first: [2, 3].",
  }));
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size > 0;
}
