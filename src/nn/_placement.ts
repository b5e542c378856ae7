import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { RandomGenerator, randomGenerator } from "../core/random.ts";
import type { AnyTensor } from "../core/tensor.ts";
import type { Device, HostArray } from "../devices/device.ts";
import { createArena } from "./_arena.ts";
import { isMaterialized, markMaterialized } from "./_materialized.ts";
import type { Module, StatePart } from "./module.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Parameter } from "./parameter.ts";

/**
 * The first values of a model.
 *
 * @category Modules
 */
export interface PlacementOptions {
  /** Seeds the generator of the first values; default is a random seed. */
  seed?: number;
  /** Generator of the first values, in place of one with `seed`. */
  generator?: RandomGenerator;
}

/** Gives memory and first values to all of a model that has none yet. */
export function place(
  model: Module,
  device: Device,
  options: PlacementOptions,
): void {
  checkOptions("Module.to", options, ["seed", "generator"]);
  const parts = partsOf(model);
  for (const { memory } of parts) {
    if (memory && memory.device !== device) throw elsewhere(memory, device);
  }
  const fresh = parts.filter(({ memory }) => memory === null);
  if (options.seed !== undefined && parts.length > 0 && fresh.length === 0) {
    throw superfluousSeed();
  }
  const { generator = randomGenerator(options.seed) } = options;
  const parameters = fresh.filter((part) => part instanceof Parameter);
  createArena(device, parameters, (values) => draw(values, generator));
  for (const part of fresh) {
    if (part instanceof ModuleBuffer) part.materialize(device);
  }
  seed(model, generator);
}

/** Takes a model's parameters and buffers to a device, with their values. */
export async function move(model: Module, device: Device): Promise<void> {
  const moved = partsOf(model).filter(({ memory }) =>
    memory !== null && memory.device !== device
  );
  const reads = moved.map(async (part) => {
    return [part, await part.tensor.data()] as const;
  });
  const read = new Map<StatePart, HostArray>(await Promise.all(reads));
  const parameters = moved.filter((part) => part instanceof Parameter);
  createArena(device, parameters, (values) => {
    for (const [parameter, own] of values) own.set(read.get(parameter)!);
  });
  for (const part of moved) {
    if (part instanceof Parameter) continue;
    part.materialize(device);
    device.write(part.tensor.buffer, read.get(part)!);
  }
  place(model, device, {});
}

/** All parameters and buffers, each once. */
function partsOf(model: Module): StatePart[] {
  return [...new Set(Array.from(model.namedTensors(), ([, part]) => part))];
}

/** Draws first values in the order in which PyTorch would have: as they were asked for. */
function draw(
  values: ReadonlyMap<Parameter, Float32Array>,
  generator: RandomGenerator,
): void {
  const draws = Array.from(
    values,
    ([parameter, own]) =>
      parameter.takeDraws().map((draw) => ({ ...draw, own })),
  );
  for (
    const { generator: its, initialise, own } of draws.flat()
      .toSorted((left, right) => left.order - right.order)
  ) {
    initialise(own, its ?? generator);
  }
}

/** Seeds modules that draw themselves; PyTorch's generator knows nothing of it. */
function seed(model: Module, generator: RandomGenerator): void {
  const seeds = new RandomGenerator(0);
  seeds.state = generator.state;
  for (const [, module] of model.namedModules()) {
    if (isMaterialized(module)) continue;
    markMaterialized(module);
    module.seed(seeds);
  }
}

function elsewhere({ device: own }: AnyTensor, device: Device): TypeError {
  return new TypeError(describe({
    what: "model.to(device)",
    expected: `the device that the model has its memory on, ${own.label}`,
    got: device.label === own.label ? "another one" : device.label,
    help: "`await model.moveTo(device)` takes its values there.",
  }));
}

function superfluousSeed(): TypeError {
  return new TypeError(describe({
    what: "model.to(device, { seed })",
    expected: "a model without values",
    got: "one that has them",
    help: "Leave out the seed, or set new values by functions of `init`.",
  }));
}
