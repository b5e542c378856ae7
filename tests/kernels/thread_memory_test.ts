import { assertEquals } from "@std/assert";
import { crossEntropy } from "../../kernels/cross_entropy/cross_entropy.ts";
import type { AnyKernel, CpuTraits } from "../../kernels/kernel.ts";
import { matmul } from "../../kernels/matmul/matmul.ts";
import { sumKernels } from "../../kernels/sum/sum.ts";

/** The bytes for the time of a call that a kernel asks for on the CPU. */
function bytesAskedFor(
  kernel: AnyKernel,
  params: unknown,
  lengths: Readonly<Record<string, number | null>> = {},
): number[] {
  const asked: number[] = [];
  const cpu: CpuTraits = {
    threads: 3,
    recording: false,
    parts: () => 3,
    mayRoundMore: () => false,
    threadMemory(bytes) {
      asked.push(bytes);
      return { pointer: 64, stride: 64 * Math.ceil(bytes / 64) };
    },
  };
  const operands = Object.keys(kernel.operands).map((name) => {
    const length = lengths[name] === undefined ? 1 : lengths[name];
    return [name, length === null ? null : { buffer: { length } }];
  });
  kernel.wasm!(Object.fromEntries(operands), params, cpu);
  return asked;
}

Deno.test("thread memory: a loss has an f64 and an i32 for each row", () => {
  const shape = { batch: 600, classes: 10 };
  assertEquals(bytesAskedFor(crossEntropy, shape), [600 * (8 + 4)]);
});

Deno.test("thread memory: a product has the 9 arguments of one matrix, a sum an f64", () => {
  const product = { batch: 3, rows: 4, columns: 5, depth: 6 };
  assertEquals(bytesAskedFor(matmul, product), [36]);
  const all = { x: 1000, axes: null };
  assertEquals(bytesAskedFor(sumKernels.forward, { factor: 1 }, all), [8]);
});
