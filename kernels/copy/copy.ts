import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./copy.gen.ts";
import * as simd from "./simd.gen.ts";

/** `output = source`; both of one element type and length. */
export const copy = /* @__PURE__ */ kernel({
  name: "copy",
  operands: { source: "read", output: "write" },
  reference: ({ output, source }) => output.set(source),
  webgpu({ output, source }) {
    const { dtype, length } = output.buffer;
    const words = dtype === "u8" ? Math.ceil(length / 4) : length;
    if (words % 4 !== 0) {
      return [elementwise(wgsl.copy, words, { source, output })];
    }
    const fours = { sourceFours: source, outputFours: output };
    return [elementwise(wgsl.copyFours, words / 4, fours)];
  },
  wasm({ output, source }) {
    const { dtype, length } = output.buffer;
    const bytes = dtype === "u8" ? length : length * 4;
    return [simd.copy({ source, output, bytes }, { work: length })];
  },
});
