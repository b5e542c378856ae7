import { call, kernel } from "../../kernel.ts";
import { conv2dForward } from "../conv2d.ts";
import { conv2dCost, type Conv2dShape } from "../shape.ts";
import * as wasm from "./wasm.ts";

/**
 * The convolution, as conv2dForward computes it or, on the CPU, by Winograd's
 * F(4×4, 5×5) where that is faster; other shapes go conv2dForward's way, 3×3 kernels
 * by F(4×4, 3×3) there.
 *
 * F(4×4, 5×5) takes a sixth of the multiplications, and rounds five times
 * as much as the direct sums: 1.1e-5 of outputs around 6, in the mean. It is meant
 * for convolutions whose output is normalised, which makes up for scale, and used
 * from the work on where there is time to win: comparisons step by step with small
 * batches stay close.
 *
 * When it is faster, measured on one thread of an AMD EPYC with AVX2, µs an
 * image forward and for both gradients, by Winograd and directly:
 *
 * | channels, pixels | forward    | gradients   |
 * | ---------------- | ---------- | ----------- |
 * | 16 → 32, 14 × 14 | 55, 222    | 156, 396    |
 * | 8 → 16, 28 × 28  | 67, 126    | 174, 282    |
 * | 8 → 8, 14 × 14   | 14.5, 18.0 | 31.3, 40.3  |
 * | 16 → 32, 6 × 6   | 13.9, 51.6 | 53.9, 111   |
 * | 8 → 8, 5 × 5     | 3.6, 3.3   | 7.7, 6.0    |
 * | 32 → 32, 3 × 3   | 25.1, 30.9 | 86.9, 49.9  |
 *
 * So from 8 channels and 6 pixels a side on.
 */
export const winogradForward = /* @__PURE__ */ kernel({
  name: "winogradForward",
  operands: { x: "read", weight: "read", bias: "read?", output: "write" },
  compose: (operands, shape: Conv2dShape) => [
    call(conv2dForward, operands, shape),
  ],
  wasm: (operands, shape, cpu) =>
    wasm.suits5x5(shape, cpu) ? wasm.forward(operands, shape, cpu) : null,
  cost: conv2dCost,
});
