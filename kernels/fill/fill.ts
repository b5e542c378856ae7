import { type DType, kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./fill.gen.ts";
import * as simd from "./simd.gen.ts";

/** Every element of `output`, f32 or i32, becomes the number. */
export const fill = /* @__PURE__ */ kernel({
  name: "fill",
  operands: { output: "write" },
  reference({ output }, value: number) {
    output.fill(value);
  },
  webgpu({ output }, value) {
    const { dtype, length } = output.buffer;
    const bits = bitsOf(dtype, value);
    return [elementwise(wgsl.fill, length, { output }, { bits })];
  },
  wasm({ output }, value) {
    const { dtype, length } = output.buffer;
    const word = bitsOf(dtype, value);
    return [simd.fill({ output, word, length }, { work: length })];
  },
});

/** The 32 bits of an element. */
function bitsOf(dtype: DType, value: number): number {
  const values = dtype === "f32"
    ? Float32Array.of(value)
    : Int32Array.of(value);
  return new Uint32Array(values.buffer)[0];
}
