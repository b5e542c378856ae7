import { describe } from "../base/errors.ts";

/** Throws unless the value is a whole number of at least 1. */
export function checkCount(where: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(describe({
    what: where,
    expected: "a whole number of at least 1",
    got: String(value),
    help: "Give the number of channels or features.",
  }));
}
