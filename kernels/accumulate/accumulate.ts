import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./accumulate.gen.ts";
import * as simd from "./simd.gen.ts";

/** `destination += source`, in place; both of one length. */
export const accumulate = /* @__PURE__ */ kernel({
  name: "accumulate",
  operands: { source: "read", destination: "update" },
  reference({ destination, source }) {
    for (let i = 0; i < destination.length; i++) destination[i] += source[i];
  },
  webgpu({ destination, source }) {
    const { length } = destination.buffer;
    if (length % 4 !== 0) {
      return [elementwise(wgsl.accumulate, length, { source, destination })];
    }
    const fours = { sourceFours: source, destinationFours: destination };
    return [elementwise(wgsl.accumulateFours, length / 4, fours)];
  },
  wasm({ destination, source }) {
    const { length } = destination.buffer;
    return [simd.accumulate({ source, destination, length }, { work: length })];
  },
});
