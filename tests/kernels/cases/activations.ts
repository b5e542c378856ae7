import { absKernels } from "../../../kernels/abs/abs.ts";
import { expKernels } from "../../../kernels/exp/exp.ts";
import { geluKernels, geluTanhKernels } from "../../../kernels/gelu/gelu.ts";
import { sigmoidKernels } from "../../../kernels/sigmoid/sigmoid.ts";
import { siluKernels } from "../../../kernels/silu/silu.ts";
import { squareKernels } from "../../../kernels/square/square.ts";
import { tanhKernels } from "../../../kernels/tanh/tanh.ts";
import { type KernelCase, lengths, random } from "./_harness.ts";

const operations = {
  abs: absKernels,
  exp: expKernels,
  gelu: geluKernels,
  geluTanh: geluTanhKernels,
  sigmoid: sigmoidKernels,
  silu: siluKernels,
  square: squareKernels,
  tanh: tanhKernels,
};

/**
 * WGSL's exp() may be off by 3 + 2 |x| units in the last place, 1.8e-6 at 6.
 * Worst measured: 1.1e-6 of the value on WebGPU, 2e-7 on the CPU; where terms
 * cancel 2e-7.
 */
const TOLERANCE = { atol: 3e-7, rtol: 2e-6 };

/** From −6 to 6, where all of them bend. */
const inputs = lengths.map((length) =>
  random(length, 1).map((value) => Math.fround(6 * value))
);

/** Functions of one number that have SIMD kernels of the family's form. */
export const activationCases: readonly KernelCase[] = Object.entries(operations)
  .flatMap(([name, { forward, gradient, saved }]) =>
    inputs.flatMap((x): KernelCase[] => [
      {
        name: `${name}: ${x.length} elements`,
        run: (harness) => {
          const output = new Float64Array(x.length);
          harness.check(forward, { x, output }, undefined, TOLERANCE);
        },
      },
      {
        name: `${name}Gradient: ${x.length} elements`,
        run: (harness) => {
          const operands = {
            gradOutput: random(x.length, 2),
            x: saved.x ? x : null,
            output: saved.output ? random(x.length, 3) : null,
            gradX: new Float64Array(x.length),
          };
          harness.check(gradient, operands, undefined, TOLERANCE);
        },
      },
    ])
  );
