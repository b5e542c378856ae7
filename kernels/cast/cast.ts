import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./cast.gen.ts";

/** Copies f32 elements to where they are stored in another way, f16 or f32. */
export const castElements = /* @__PURE__ */ kernel({
  name: "cast",
  operands: { x: "read", output: "write" },
  reference: ({ output, x }) => output.set(x),
  webgpu: ({ output, x }) => [
    elementwise(wgsl.castElements, output.buffer.length, { x, output }),
  ],
});
