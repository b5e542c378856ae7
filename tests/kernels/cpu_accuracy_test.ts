import { assert } from "@std/assert";
import { expKernels } from "../../kernels/exp/exp.ts";
import { sigmoidKernels } from "../../kernels/sigmoid/sigmoid.ts";
import { tanhKernels } from "../../kernels/tanh/tanh.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";

/** What `kernels/lib/simd/math.ts` says of each, in units of the last place. */
const stated = [
  { name: "exp", kernel: expKernels.forward, value: Math.exp, ulps: 2 },
  {
    name: "sigmoid",
    kernel: sigmoidKernels.forward,
    value: (x: number) => 1 / (1 + Math.exp(-x)),
    ulps: 4,
  },
  { name: "tanh", kernel: tanhKernels.forward, value: Math.tanh, ulps: 3 },
] as const;

/** Both signs of numbers from 2⁻³⁰ to 80, as many of each power of two. */
const inputs = Float32Array.from(
  { length: 200_000 },
  (_, i) => (i % 2 ? -1 : 1) * 2 ** (-30 + 36.32 * i / 200_000),
);

for (const kernels of ["relaxed", "simd"] as const) {
  for (const { kernel, name, ulps, value } of stated) {
    Deno.test(`${name} (${kernels}) is within ${ulps} ulp`, async () => {
      using device = CpuDevice.open({ threads: 1, kernels });
      const x = { buffer: device.allocate("f32", inputs.length) };
      const output = { buffer: device.allocate("f32", inputs.length) };
      device.write(x.buffer, inputs);
      device.run(kernel, { x, output });
      const found = await device.read(output.buffer);
      inputs.forEach((input, i) => {
        const expected = value(input);
        const off = Math.abs(found[i] - expected) / ulpOf(expected);
        assert(off <= ulps, `${name}(${input}): ${found[i]}, ${off} ulp off`);
      });
    });
  }
}

/** The distance between f32 numbers around a number. */
function ulpOf(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
}
