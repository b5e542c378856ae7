import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./leaky_relu.gen.ts";
import * as simd from "./simd.gen.ts";

/** The parameters of a leaky rectified linear unit. */
export interface LeakyReluParams {
  /** Slope below 0. */
  readonly slope: number;
}

/** `output = x > 0 ? x : slope · x`, element by element. */
export const leakyReluForward = /* @__PURE__ */ kernel({
  name: "leakyRelu",
  operands: { x: "read", output: "write" },
  reference({ output, x }, { slope }: LeakyReluParams) {
    for (let i = 0; i < output.length; i++) {
      output[i] = x[i] > 0 ? x[i] : slope * x[i];
    }
  },
  webgpu({ output, x }, { slope }) {
    const { length } = output.buffer;
    const bind = { x, output };
    return [elementwise(wgsl.leakyReluForward, length, bind, { slope })];
  },
  wasm(operands, params) {
    const { length } = operands.output.buffer;
    const args = { ...operands, ...params, length };
    return [simd.leakyReluForward(args, { work: length })];
  },
});

/** The gradient with respect to x: `gradX = (x > 0 ? 1 : slope) · gradOutput`. */
export const leakyReluGradient = /* @__PURE__ */ kernel({
  name: "leakyReluGradient",
  operands: { gradOutput: "read", x: "read", gradX: "write" },
  reference({ gradOutput, gradX, x }, { slope }: LeakyReluParams) {
    for (let i = 0; i < gradX.length; i++) {
      gradX[i] = x[i] > 0 ? gradOutput[i] : slope * gradOutput[i];
    }
  },
  webgpu({ gradOutput, gradX, x }, { slope }) {
    const { length } = gradX.buffer;
    const bind = { x, gradOutput, gradX };
    return [elementwise(wgsl.leakyReluGradient, length, bind, { slope })];
  },
  wasm(operands, params) {
    const { length } = operands.gradX.buffer;
    const args = { ...operands, ...params, length };
    return [simd.leakyReluGradient(args, { work: length })];
  },
});
