/**
 * Times training steps and evaluation of a network on the CPU device, as `bench.ts` asks for it, and prints one line of JSON.
 *
 * The images are random: how long a kernel runs does not depend on them.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import {
  Adam,
  capture,
  DataLoader,
  Evaluator,
  RandomGenerator,
  type Shape,
  Tape,
  type Tensor,
  TensorDataset,
} from "../../mod.ts";
import { CpuDevice } from "../../src/kernel/mod.ts";
import { networks } from "./_networks.ts";
import { peakMemory } from "./_peak_memory.ts";

const given = parseArgs(Deno.args, {
  string: ["network", "batch", "threads", "steps", "evaluations"],
  boolean: ["profile"],
});
const batchSize = Number(given.batch ?? 100);
const threads = Number(given.threads ?? 2);
const steps = Number(given.steps ?? 50);
const evaluations = Number(given.evaluations ?? 3);

const { imageShape, loss: lossOf, make } =
  networks[given.network ?? "notebook"];
const rows = 10_000;
const pixels = imageShape.reduce((product, size) => product * size);
const random = new RandomGenerator(0);
const dataset = new TensorDataset(
  Uint8Array.from({ length: rows * pixels }, () => random.random() % 256),
  Int32Array.from({ length: rows }, (_, row) => row % 10),
  { rowShape: [...imageShape], classes: 10, divisor: 255 },
);
using device = CpuDevice.open({ threads, profile: given.profile });
const model = make().to(device, { seed: 0 });
const optimizer = new Adam(model.parameters(), { lr: 0.01 });
using loader = new DataLoader(dataset, {
  device,
  batchSize,
  dropLast: true,
  shuffle: true,
  seed: 0,
});
using step = capture(device, (x: Tensor, labels: Tensor<Shape, "i32">) => {
  using tape = new Tape();
  const loss = lossOf(model.forward(x), labels);
  optimizer.zeroGrad();
  tape.backward(loss);
  optimizer.step();
  return loss;
});

const warmUp = 20;
const milliseconds: number[] = [];
for (
  let batches = loader[Symbol.iterator]();
  milliseconds.length < warmUp + steps;
) {
  const start = performance.now();
  const { done, value } = batches.next();
  if (done) {
    batches = loader[Symbol.iterator]();
    continue;
  }
  await step(...value).item();
  milliseconds.push(performance.now() - start);
  if (milliseconds.length === warmUp) device.profile?.clear();
}
const stepTable = device.profile?.table();

const imagesPerSecond: number[] = [];
if (evaluations > 0) {
  using evaluator = new Evaluator(device, model, dataset, {
    batchSize,
    loss: lossOf,
  });
  await evaluator.run();
  for (let run = 0; run < evaluations; run++) {
    const start = performance.now();
    await evaluator.run();
    imagesPerSecond.push(rows / (performance.now() - start) * 1000);
  }
}
console.log(JSON.stringify({
  name: device.label,
  milliseconds: milliseconds.slice(warmUp),
  imagesPerSecond,
  peakMegabytes: await peakMemory(),
  stepTable,
}));
