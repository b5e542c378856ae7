import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { BatchNorm2d } from "../../src/nn/batch_norm2d.ts";
import { Conv2d } from "../../src/nn/conv2d.ts";
import { Dropout } from "../../src/nn/dropout.ts";
import { Flatten } from "../../src/nn/flatten.ts";
import { Linear } from "../../src/nn/linear.ts";
import { ReLU } from "../../src/nn/relu.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import type { Device } from "../../src/devices/device.ts";
import type { TrainOptions } from "../../src/training/mod.ts";
import { uniform } from "../reference.ts";

/** Noise with a bright row that tells the class: easy, but not at once. */
export function rowsDataset(length: number, seed: number): TensorDataset {
  const size = 6;
  const labels = Array.from({ length }, (_, row) => (row * 7 + seed) % 3);
  const noise = uniform(length * size * size, seed);
  const pixels = Float32Array.from(noise, (value, i) => {
    const row = Math.floor(i / (size * size));
    const line = Math.floor(i / size) % size;
    return value / 2 + (line === labels[row] * 2 ? 1 : 0);
  });
  const options = { rowShape: [1, size, size], classes: 3 };
  return new TensorDataset(pixels, labels, options);
}

/** A network with everything that has a state: statistics, random draws. */
export function smallNetwork(channels = 4, classes = 3): Sequential {
  return new Sequential(
    new Conv2d(1, channels, { kernelSize: 3, padding: 1 }),
    new BatchNorm2d(channels),
    new ReLU(),
    new Flatten(),
    new Dropout(0.25),
    new Linear(channels * 36, classes),
  );
}

/** A training of the small network on rows, with some options. */
export function smallTraining(
  device: Device,
  options: TrainOptions,
): TrainOptions {
  return {
    device,
    model: smallNetwork(),
    trainData: rowsDataset(50, 1),
    testData: rowsDataset(30, 2),
    ...options,
  };
}
