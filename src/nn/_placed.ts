import { describe } from "../base/errors.ts";

/** What a model has once it is on a device; throws before that. */
export function placed<T>(place: T | null): T {
  if (place !== null) return place;
  throw new TypeError(describe({
    what: "use of a layer that is on no device",
    expected: "a model with memory",
    got: "one that has only shapes",
    help: "Call `model.to(device)` before anything else.",
  }));
}
