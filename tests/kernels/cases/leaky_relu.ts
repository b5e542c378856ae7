import {
  leakyReluForward,
  leakyReluGradient,
} from "../../../kernels/leaky_relu/leaky_relu.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

/** A power of two: slopes of these values are exact in f32. */
const params = { slope: 0.25 };

/** What f32 holds exactly, and what a comparison may stumble over. */
const special = Float64Array.of(-Infinity, -1, -0, 0, 1, Infinity, NaN);

const inputs = [...lengths.map((length) => random(length, 1)), special];

/** Every kernel of the leaky rectified linear unit. */
export const leakyReluCases: readonly KernelCase[] = inputs.flatMap(
  (x): KernelCase[] => [
    {
      name: `leakyRelu: ${x.length} elements`,
      run: (harness) => {
        const output = new Float32Array(x.length);
        harness.check(leakyReluForward, { x, output }, params);
      },
    },
    {
      name: `leakyReluGradient: ${x.length} elements`,
      run: (harness) => {
        const gradOutput = random(x.length, 2);
        const gradX = new Float32Array(x.length);
        harness.check(leakyReluGradient, { gradOutput, x, gradX }, params);
      },
    },
  ],
);
