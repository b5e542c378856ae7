import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./blur.gen.ts";
import * as simd from "./simd.gen.ts";

/** A blur of the middle axis of `[outer, size, inner]`. */
export interface BlurShape {
  /** Lines before the axis. */
  readonly outer: number;
  /** Elements along the axis: more than half as many as there are weights. */
  readonly size: number;
  /** Elements from one place on the axis to the next. */
  readonly inner: number;
  /** Multiplies the weighted sum. */
  readonly factor: number;
}

/**
 * `output = factor · Σ weights[tap] · x[place + tap − radius]` along the middle
 * axis, where `weights` has `2 · radius + 1` elements and `radius` is below the
 * axis's size. Beyond the edges, places are mirrored; the edge is not repeated.
 */
export const blur = /* @__PURE__ */ kernel({
  name: "blur",
  operands: { x: "read", weights: "read", output: "write" },
  reference({ output, weights, x }, { factor, inner, size }: BlurShape) {
    const last = size - 1;
    const radius = weights.length >> 1;
    for (let i = 0; i < output.length; i++) {
      const place = Math.floor(i / inner) % size;
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) {
        const neighbour = Math.abs(place + tap - radius);
        const mirrored = last - Math.abs(last - neighbour);
        sum += weights[tap] * x[i + (mirrored - place) * inner];
      }
      output[i] = factor * sum;
    }
  },
  webgpu({ output, weights, x }, { factor, inner, size }) {
    const taps = weights.buffer.length;
    const { length } = output.buffer;
    const constants = { size, inner, taps, factor };
    const operands = { x, weights, output };
    const step = elementwise(wgsl.blur, length, operands, constants);
    return [{ ...step, cost: { operations: 2 * length * taps } }];
  },
  wasm(operands, shape, cpu) {
    const taps = operands.weights.buffer.length;
    // The lines of a plane, and mirrored ones before and after them.
    const bytes = (shape.size + taps - 1) * shape.inner * 4;
    const { pointer: padded, stride } = cpu.threadMemory(bytes);
    const products = operands.output.buffer.length * taps;
    return [
      simd.blur(
        { ...operands, ...shape, taps, padded, stride },
        { work: products, cost: { operations: 2 * products } },
      ),
    ];
  },
});
