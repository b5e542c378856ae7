import { DataError, describe, TrainingError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Module } from "../nn/mod.ts";

/** A number of a tensor that is not finite. */
export interface NotFinite {
  /** The tensor's name. */
  readonly name: string;
  /** NaN or an infinity. */
  readonly value: number;
  /** Where it is among the tensor's elements. */
  readonly index: number;
}

/** The first number of some tensors that is not finite, or null. */
export function firstNotFinite(
  tensors: Iterable<readonly [string, Pick<HostTensor, "data">]>,
): NotFinite | null {
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      continue;
    }
    const index = data.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return { name, value: data[index], index };
  }
  return null;
}

/**
 * Refuses weights that a training left that went nowhere.
 *
 * @param source The file, for the error.
 * @throws {DataError} If one is not a finite number.
 */
export function checkFinite(
  weights: ReadonlyMap<string, HostTensor>,
  source: string,
): void {
  const found = firstNotFinite(weights);
  if (found === null) return;
  throw new DataError(describe({
    what: `${source}: ${found.name}`,
    expected: "finite numbers",
    got: `${found.value} at element ${found.index}`,
    help: "Train anew with a smaller --lr: no prediction is right with these.",
  }));
}

/**
 * Reads a model's weights and running statistics, all parameters of an arena at
 * once.
 *
 * @param when The moment, for the error: `after epoch 2`.
 * @throws {TrainingError} If one is not a finite number.
 */
export async function checkWeights(
  model: Module,
  when: string,
): Promise<void> {
  const parameters = [...model.namedParameters()];
  const arenas = new Map(
    parameters.map(([, { arena }]) => [arena, arena.values] as const),
  );
  const reads = new Map(
    Array.from(arenas, ([arena, values]) => [arena, values.data()]),
  );
  const own = parameters.map(async ([name, { arena, length, offset }]) => {
    const values = await reads.get(arena)!;
    return [name, { data: values.subarray(offset, offset + length) }] as const;
  });
  const others = Array.from(
    model.namedBuffers(),
    async ([name, { tensor }]) =>
      [name, { data: await tensor.data() }] as const,
  );
  const found = firstNotFinite(await Promise.all([...own, ...others]));
  if (found === null) return;
  throw diverged(`${found.name} ${when}`, found.value);
}

/**
 * The error of a training that goes nowhere.
 *
 * @param beginning Where it began, if that is known.
 */
export function diverged(
  what: string,
  got: number,
  beginning: string | null = null,
): TrainingError {
  const advice = "Use a smaller --lr, and check that labels are below the " +
    "number of classes";
  return new TrainingError(describe({
    what: `train: ${what}`,
    expected: "a finite number",
    got: beginning === null ? String(got) : `${got}; it began in ${beginning}`,
    help: beginning === null
      ? `${advice}; \`detectAnomaly\` names the operation where it began.`
      : `${advice}.`,
  }));
}
