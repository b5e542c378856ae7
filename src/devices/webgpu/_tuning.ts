import type { AnyKernel, Operand, Variant } from "../../../kernels/kernel.ts";
import type { Device } from "../device.ts";

/** Which implementation of kernels to take, by their names. */
export type Choice = ReadonlyMap<string, Variant>;

/** Runs of which the fastest counts. */
const runs = 2;

/** Candidates on a GPU, the likeliest first. */
const candidates: readonly Variant[] = ["tiled", "direct"];

/** Measurements of this process, by adapter. */
const known = new Map<string, Choice>();

/**
 * The fastest implementation of each kernel: measured once a process and adapter.
 *
 * @param adapter What the adapter is known by.
 * @param kernels Kernels with several implementations.
 * @param time Runs a kernel by an implementation, and gives how long that took.
 */
export async function fastest(
  adapter: string,
  kernels: readonly AnyKernel[],
  time: (kernel: AnyKernel, variant: Variant) => Promise<number>,
): Promise<Choice> {
  const before = known.get(adapter);
  if (before !== undefined) return before;
  const choice = new Map<string, Variant>();
  for (const kernel of kernels) {
    const { webgpu = {} } = kernel;
    let least = Infinity;
    for (const variant of candidates) {
      if (!(variant in webgpu)) continue;
      // The first run is the one that compiles.
      const times = [];
      for (let run = 0; run <= runs; run++) {
        times.push(await time(kernel, variant));
      }
      const own = Math.min(...times.slice(1));
      if (own >= least) continue;
      least = own;
      choice.set(kernel.name, variant);
    }
  }
  known.set(adapter, choice);
  return choice;
}

/** Runs a kernel at the sizes at which its implementations are timed. */
export function runSample(
  device: Device,
  kernel: AnyKernel,
): void {
  if (kernel.sample === undefined) return;
  const { lengths, params } = kernel.sample;
  const operands = Object.entries<number | null>(lengths).map(
    ([name, length]): [string, Operand | null] => [
      name,
      length === null ? null : { buffer: device.allocate("f32", length) },
    ],
  );
  device.run(kernel, Object.fromEntries(operands), params);
  for (const [, operand] of operands) {
    if (operand !== null) device.release(operand.buffer);
  }
}
