import { dispatch, kernel } from "../kernel.ts";
import * as wgsl from "./advance.gen.ts";
import * as simd from "./simd.gen.ts";

/**
 * `counter[0] += amount`, i32: a counter that lives on the device, so that a
 * captured step can move it.
 */
export const advance = /* @__PURE__ */ kernel({
  name: "advance",
  operands: { counter: "update" },
  reference({ counter }, amount: number) {
    counter[0] += amount;
  },
  webgpu: ({ counter }, amount) => [
    dispatch(wgsl.advance, {
      bind: { counter },
      constants: { amount },
      workgroups: [1, 1, 1],
    }),
  ],
  wasm: ({ counter }, amount) => [simd.advance({ counter, amount })],
});
