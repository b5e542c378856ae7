/**
 * The kernel cases of the files that `MUTATE_CASES` names, on the device that
 * `MUTATE_DEVICE` does. They are among those of `tests/kernels/`, which takes
 * three times as long to load all of them.
 *
 * @module
 */

import { type KernelCase, runKernelCase } from "../kernels/cases/_harness.ts";
import { openDevice } from "./_devices.ts";

const device = await openDevice(Deno.env.get("MUTATE_DEVICE")!);
for (const file of Deno.env.get("MUTATE_CASES")!.split(",")) {
  const module: Record<string, readonly KernelCase[]> = await import(
    `../../${file}`
  );
  for (const each of Object.values(module).filter(Array.isArray).flat()) {
    Deno.test(each.name, () => runKernelCase(device, each));
  }
}
