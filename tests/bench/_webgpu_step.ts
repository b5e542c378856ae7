import {
  Adam,
  capture,
  DataLoader,
  type Device,
  Evaluator,
  RandomGenerator,
  type Shape,
  Tape,
  type Tensor,
  TensorDataset,
} from "../../mod.ts";
import type { BenchNetwork } from "./_networks.ts";

/** What to measure. */
export interface StepOptions {
  network: BenchNetwork;
  /** Images of a batch. */
  batch: number;
  /** Training steps that are timed. */
  steps: number;
  /** Evaluations of all images that are timed. */
  evaluations: number;
}

/** What came of it. */
export interface StepTimes {
  /** The device's label. */
  name: string;
  /** From the first call to the end of the first step: it compiles kernels. */
  firstStepMilliseconds: number;
  /** Each step by itself, its loss read. */
  milliseconds: number[];
  /** A step where many follow each other and the last is waited for. */
  pipelinedMilliseconds: number;
  /**
   * What the host does for a step, record and submit, without the GPU; null on
   * a device that profiles, which has more to do, and on one that is no GPU.
   */
  hostMicroseconds: number | null;
  /** Evaluation, each by itself. */
  imagesPerSecond: number[];
  /** Of a captured step. */
  perStep: {
    dispatches: number;
    submits: number;
    allocations: number;
    bindGroups: number;
  };
}

const rows = 10_000;

/** Images are random: how long a kernel runs does not depend on them. */
function randomImages({ imageShape }: BenchNetwork): TensorDataset {
  const random = new RandomGenerator(0);
  const pixels = imageShape.reduce((product, size) => product * size);
  return new TensorDataset(
    Uint8Array.from({ length: rows * pixels }, () => random.random() % 256),
    Int32Array.from({ length: rows }, (_, row) => row % 10),
    { rowShape: [...imageShape], classes: 10, divisor: 255 },
  );
}

/** Times training and evaluation of a network on a device. */
export async function timeSteps(
  device: Device,
  { batch, evaluations, network, steps }: StepOptions,
): Promise<StepTimes> {
  const dataset = randomImages(network);
  const model = network.make().to(device, { seed: 0 });
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const order = { device, batchSize: batch, dropLast: true, shuffle: true };
  using loader = new DataLoader(dataset, { ...order, seed: 0 });
  using captured = capture(
    device,
    (x: Tensor, labels: Tensor<Shape, "i32">) => {
      using tape = new Tape();
      const loss = network.loss(model.forward(x), labels);
      optimizer.zeroGrad();
      tape.backward(loss);
      optimizer.step();
      return loss;
    },
  );
  let batches = loader[Symbol.iterator]();
  const step = (): Tensor => {
    const { done, value } = batches.next();
    if (!done) return captured(...value);
    batches = loader[Symbol.iterator]();
    return step();
  };
  const first = await milliseconds(() => step().item());
  for (let count = 0; count < 5; count++) await step().item();
  const single: number[] = [];
  for (let count = 0; count < steps; count++) {
    single.push(await milliseconds(() => step().item()));
  }
  const many = await timeMany(device, step, steps);
  const imagesPerSecond: number[] = [];
  if (evaluations > 0) {
    using evaluator = new Evaluator(device, model, dataset, {
      batchSize: batch,
      loss: network.loss,
    });
    await evaluator.run();
    for (let run = 0; run < evaluations; run++) {
      const time = await milliseconds(() => evaluator.run());
      imagesPerSecond.push(rows / time * 1000);
    }
  }
  return {
    name: device.label,
    firstStepMilliseconds: first,
    milliseconds: single,
    imagesPerSecond,
    ...many,
  };
}

/** Steps one after another, without a wait between them. */
async function timeMany(
  device: Device,
  step: () => Tensor,
  steps: number,
): Promise<
  Omit<
    StepTimes,
    "name" | "firstStepMilliseconds" | "milliseconds" | "imagesPerSecond"
  >
> {
  await device.settle();
  const before = { ...device.counters };
  const start = performance.now();
  for (let count = 1; count < steps; count++) step();
  // Deno's `onSubmittedWorkDone`, by which a device settles, comes ten
  // milliseconds late.
  await step().item();
  const all = performance.now() - start;
  const { counters } = device;
  const each = (counter: keyof typeof before) =>
    (counters[counter] - before[counter]) / steps;
  return {
    pipelinedMilliseconds: all / steps,
    perStep: {
      dispatches: each("dispatches"),
      submits: each("submits"),
      allocations: each("allocations"),
      bindGroups: each("bindGroups"),
    },
    hostMicroseconds: device.kind === "webgpu" && device.profile === null
      ? await timeHost(device, step)
      : null,
  };
}

/**
 * What JavaScript and Deno do for a step, `submit` included. Every dispatch is
 * of no workgroups meanwhile: a processor that plays the GPU would do its work
 * at the same time, and partly in `submit`.
 */
async function timeHost(device: Device, step: () => Tensor): Promise<number> {
  const { prototype } = GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  prototype.dispatchWorkgroups = function () {
    dispatchWorkgroups.call(this, 0, 0, 0);
  };
  const times: number[] = [];
  try {
    for (let run = 0; run < 20; run++) {
      const start = performance.now();
      for (let count = 0; count < 20; count++) step();
      times.push((performance.now() - start) / 20 * 1000);
      await device.settle();
    }
  } finally {
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return median(times);
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}
