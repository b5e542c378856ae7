import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./relu.gen.ts";
import * as simd from "./simd.gen.ts";

/** `output = max(x, 0)`, any shape; NaN stays NaN. */
export const reluForward = kernel({
  name: "reluForward",
  operands: { x: "read", output: "write" },
  reference({ output, x }) {
    for (let i = 0; i < output.length; i++) output[i] = Math.max(x[i], 0);
  },
  webgpu: ({ output, x }) => [
    elementwise(wgsl.reluForward, output.buffer.length, { x, output }),
  ],
  wasm({ output, x }) {
    const { length } = output.buffer;
    return [simd.reluForward({ x, output, length }, { work: length })];
  },
});

/**
 * The gradient with respect to x, from the output: `gradX = output <= 0 ? 0 :
 * gradOutput`. Where the output is NaN the gradient passes.
 */
export const reluGradient = kernel({
  name: "reluGradient",
  operands: { gradOutput: "read", output: "read", gradX: "write" },
  reference({ gradOutput, gradX, output }) {
    for (let i = 0; i < gradX.length; i++) {
      gradX[i] = output[i] <= 0 ? 0 : gradOutput[i];
    }
  },
  webgpu: ({ gradOutput, gradX, output: rectified }) => [
    elementwise(wgsl.reluGradient, gradX.buffer.length, {
      gradOutput,
      rectified,
      gradX,
    }),
  ],
  wasm({ gradOutput, gradX, output }) {
    const { length } = gradX.buffer;
    const args = { gradOutput, output, gradX, length };
    return [simd.reluGradient(args, { work: length })];
  },
});
