import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { train } from "../../src/training/train.ts";
import { rowsDataset, smallNetwork } from "./_task.ts";

Deno.test("a training has its losses every 20 steps, which add up to the epochs'", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const { history, losses } = await train({
    ...{ device, model: smallNetwork(), batchSize: 2, epochs: 2, seed: 1 },
    ...{ trainData: rowsDataset(90, 1), testData: rowsDataset(10, 2) },
  });
  assertEquals(losses.map(({ step }) => step), [20, 40, 45, 65, 85, 90]);
  for (const [epoch, { loss }] of history.entries()) {
    const [a, b, c] = losses.slice(3 * epoch).map(({ loss }) => loss);
    assertAlmostEquals((20 * a + 20 * b + 5 * c) / 45, loss, 1e-6);
  }
});
