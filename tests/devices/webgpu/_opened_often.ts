/**
 * Opens a device, trains on it and closes it, 5 times and then 25 times more, and
 * prints by how many bytes the process grew meanwhile: a program of its own,
 * whose memory is no other test's.
 */
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { train } from "../../../src/training/train.ts";
import { rowsDataset, smallNetwork } from "../../training/_task.ts";

const data = rowsDataset(60, 1);

async function rounds(count: number): Promise<number> {
  for (let round = 0; round < count; round++) {
    using device = await WebGpuDevice.open();
    await train({
      device,
      model: smallNetwork(),
      trainData: data,
      testData: data,
      epochs: 1,
      batchSize: 25,
    });
  }
  return Deno.memoryUsage().rss;
}

const before = await rounds(5);
console.log(JSON.stringify({ rss: await rounds(25) - before }));
