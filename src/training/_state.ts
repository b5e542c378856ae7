import type { DataLoader } from "../data/data_loader.ts";
import { describe, FormatError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Module } from "../nn/mod.ts";
import type { ExponentialMovingAverage } from "../optim/exponential_moving_average.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { BestWeights } from "./best.ts";
import type { TrainingStep } from "./_training_step.ts";

/** The parts of a training whose state a checkpoint stores, beside weights. */
export interface TrainingParts {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly average: ExponentialMovingAverage | null;
  readonly batches: DataLoader;
  readonly step: TrainingStep;
  readonly best: BestWeights;
}

type Tensors = ReadonlyMap<string, HostTensor>;

/** A copy of all state, on the host. */
export async function readState(
  { average, batches, best, model, optimizer, step }: TrainingParts,
): Promise<Map<string, HostTensor>> {
  const { batch, generator } = batches.state;
  const { correct, loss, rows, steps } = await step.sums();
  const sums = Float64Array.of(loss, correct, steps, rows);
  return new Map<string, HostTensor>([
    ...under("optimizer", await optimizer.stateDict()),
    ...under("average", await average?.stateDict() ?? new Map()),
    ...under("draws", await readDraws(model)),
    ["order", { dtype: "U32", shape: [generator.length], data: generator }],
    ["batch", { dtype: "I32", shape: [], data: Int32Array.of(batch) }],
    ["sums", { dtype: "F64", shape: [4], data: sums }],
    ...under("metrics", await step.metricSums()),
    ...under("best", best.weights),
  ]);
}

/**
 * Restores the state that {@linkcode readState} returned.
 *
 * @throws {FormatError} If a tensor is missing.
 */
export function loadState(
  { average, batches, best, model, optimizer, step }: TrainingParts,
  state: Tensors,
): void {
  optimizer.loadStateDict(below("optimizer", state));
  average?.loadStateDict(below("average", state));
  loadDraws(model, below("draws", state));
  const [loss, correct, steps, rows] = numbers(state, "sums");
  const metrics = below("metrics", state);
  step.reset({ loss, correct, steps, rows }, metrics);
  const [batch] = numbers(state, "batch");
  batches.state = {
    batch,
    generator: Uint32Array.from(numbers(state, "order")),
  };
  best.weights = below("best", state);
}

/** The cursors of the layers' random numbers, which are not persistent. */
async function readDraws(model: Module): Promise<Map<string, HostTensor>> {
  const draws = new Map<string, HostTensor>();
  for (const [name, buffer] of model.namedBuffers()) {
    if (buffer.persistent) continue;
    const data = await buffer.tensor.data();
    const { shape } = buffer;
    draws.set(
      name,
      data instanceof Int32Array
        ? { dtype: "I32", shape, data }
        : { dtype: "F32", shape, data },
    );
  }
  return draws;
}

function loadDraws(model: Module, draws: Tensors): void {
  for (const [name, { persistent, tensor }] of model.namedBuffers()) {
    if (persistent) continue;
    const { data } = found(draws, name);
    tensor.device.write(tensor.buffer, data as Int32Array | Float32Array);
  }
}

function under(prefix: string, tensors: Tensors): [string, HostTensor][] {
  return Array.from(
    tensors,
    ([name, tensor]) => [`${prefix}.${name}`, tensor],
  );
}

function below(prefix: string, tensors: Tensors): Map<string, HostTensor> {
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
  );
}

function numbers(state: Tensors, name: string): number[] {
  return Array.from(found(state, name).data, Number);
}

function found(state: Tensors, name: string): HostTensor {
  const tensor = state.get(name);
  if (tensor !== undefined) return tensor;
  throw new FormatError(describe({
    what: "checkpoint",
    expected: `a tensor "${name}" of the training's state`,
    got: "none",
    help: "Give the file that `train --checkpoint FILE` wrote, unchanged.",
  }));
}
