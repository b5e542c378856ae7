import type { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { train } from "../../src/training/train.ts";
import { DEFAULT_SETTINGS, type EpochResult } from "../../src/training/mod.ts";
import { rowsDataset, smallNetwork } from "../training/_task.ts";

/** Trains a small network for some epochs. */
export async function trained(device: CpuDevice, epochs: number) {
  const trainData = rowsDataset(60, 1);
  const testData = rowsDataset(30, 2);
  const model = smallNetwork();
  const options = { epochs, batchSize: 10, patience: 0, seed: 3 };
  const data = { trainData, testData };
  const result = await train({ device, model, ...data, ...options });
  return { ...result, valData: testData };
}

/** A history without a training. */
export function history(epochs: number): EpochResult[] {
  return Array.from({ length: epochs }, (_, i) => ({
    ...{ epoch: i + 1, loss: 1 / (i + 1), acc: 0.9, valLoss: 0.5, valAcc: 0.8 },
    ...{ lr: DEFAULT_SETTINGS.lr, trainSeconds: 2, evalSeconds: 1 },
    imagesPerSecond: 100 + i,
  }));
}
