import { assertEquals } from "@std/assert";
import type { Device } from "../../src/devices/device.ts";
import { evaluate, train } from "../../src/training/mod.ts";
import { deviceTest } from "../_devices.ts";
import { rowsDataset, smallNetwork } from "./_task.ts";

/** Bytes on the device after each call from the third on. */
async function bytesOf(
  { counters }: Device,
  calls: number,
  run: () => Promise<unknown>,
): Promise<Set<number>> {
  const bytes = new Set<number>();
  for (let call = 1; call <= calls; call++) {
    await run();
    if (call >= 3) bytes.add(counters.bytes);
  }
  return bytes;
}

deviceTest("evaluate() again and again takes no memory", async (device) => {
  const model = smallNetwork().to(device, { seed: 0 });
  const data = rowsDataset(60, 1);
  const found = await bytesOf(
    device,
    20,
    () => evaluate(device, model, data, { batchSize: 25 }),
  );
  assertEquals(found.size, 1);
});

for (const optimizer of ["adam", "adamw", "rmsprop", "adadelta"] as const) {
  deviceTest(
    `train() by ${optimizer} again takes no memory`,
    async (device) => {
      const data = rowsDataset(60, 1);
      const model = smallNetwork();
      const found = await bytesOf(device, 8, () =>
        train({
          device,
          model,
          optimizer,
          trainData: data,
          testData: data,
          epochs: 2,
          batchSize: 25,
          emaDecay: 0.9,
          clipGradNorm: 1,
          patience: 1,
        }));
      assertEquals(found.size, 1);
    },
  );
}
