import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./float.gen.ts";

/** i32 elements as f32, to the nearest. */
export const floatOfIntegers = /* @__PURE__ */ kernel({
  name: "float",
  operands: { x: "read", output: "write" },
  reference: ({ output, x }) => output.set(x),
  webgpu: ({ output, x }) => [
    elementwise(wgsl.floatOfIntegers, output.buffer.length, { x, output }),
  ],
});
