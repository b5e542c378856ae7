import { float, type KernelsOf } from "../_call.ts";
import { DRAWS_PER_ROW } from "../../../../kernels/shapes.ts";
import type { Operand } from "../../device.ts";

/** Random changes of images. */
export const augment: KernelsOf<"blur" | "drawNoise" | "warp"> = (caller) => ({
  drawNoise(draws, cursor, noise, { batch, height, width }) {
    const pointers = [draws, cursor, noise].map(caller.pointer);
    const words = [...pointers, batch, height * width, rowsOf(draws)];
    caller.run("drawNoise", words, noise.buffer.length * 8);
  },
  blur(x, weights, output, { factor, inner, outer, size }) {
    const { length: taps } = weights.buffer;
    // Mirrored lines before and after those that are there.
    const wide = caller.scratch((size + taps - 1) * inner * 4);
    const words = [
      ...[x, weights, output].map(caller.pointer),
      ...[outer, size, inner, taps, float(factor)],
      ...[wide.pointer, wide.stride],
    ];
    const products = output.buffer.length * taps;
    caller.run("blur", words, products, products);
  },
  warp(x, draws, cursor, displacements, output, shape) {
    const { batch, channels, erased, height, mean, std, width } = shape;
    const operands = [x, draws, cursor, displacements, output];
    const words = [
      ...operands.map(caller.pointer),
      ...[batch, channels, height, width],
      ...[mean, std, erased].map(float),
      rowsOf(draws),
    ];
    caller.run("warp", words, output.buffer.length * 16);
  },
});

function rowsOf(draws: Operand): number {
  return draws.buffer.length / DRAWS_PER_ROW;
}
