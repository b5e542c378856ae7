import { describe, DeviceError } from "../base/errors.ts";
import type { Lifetime } from "./device.ts";

/** The error of something that a replay could not do again. */
export function notWhileRecording(what: string): DeviceError {
  return new DeviceError(describe({
    what: `${what} inside a captured function`,
    expected: "kernel calls only: a replay runs nothing else",
    got: what,
    help:
      "Return the tensor from the captured function and do this outside it.",
  }));
}

/** Whether a buffer is written by a kernel before anybody reads it. */
export function isScratch(lifetime: Lifetime): boolean {
  return lifetime === "pooled" || lifetime === "activation";
}

/** Throws unless a buffer of this size can exist. */
export function checkLength(dtype: string, length: number): void {
  if (Number.isSafeInteger(length) && length > 0) return;
  throw new RangeError(describe({
    what: `allocation of a ${dtype} buffer`,
    expected: "a positive whole number of elements",
    got: String(length),
    help: "Check the shape: every dimension is at least 1.",
  }));
}
