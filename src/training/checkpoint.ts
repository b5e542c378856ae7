/**
 * The checkpoint of a training: a safetensors file of the weights under their own
 * names, so that it is a file of weights too, and of all other state of the
 * training under names that begin with `trainer.`.
 *
 * @module
 */

import { camelCase, snakeCase } from "../base/snake_case.ts";
import { describe, FormatError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { openWeights, readWeights } from "../formats/weights.ts";
import { writeChecked } from "../formats/write_weights.ts";
import { cardMetadata, type ModelCard } from "../models/mod.ts";
import { complaintOf, OPTION_NAMES } from "./options_table.ts";
import type { EpochResult, TrainSettings } from "./options.ts";
import { trainerPrefix, weightsOf } from "./weights_of.ts";

/**
 * A training at the end of a step.
 *
 * @category Training
 */
export interface Checkpoint {
  /** Weights and statistics of the model, by PyTorch's names. */
  weights: ReadonlyMap<string, HostTensor>;
  /** The rest: optimizer, random states, sums of the epoch, best weights. */
  state: ReadonlyMap<string, HostTensor>;
  /** The epochs so far. */
  history: readonly EpochResult[];
  /** The settings of the training. */
  settings: TrainSettings;
  /** The metadata of the weights. Default: what the settings tell. */
  metadata?: Readonly<Record<string, string>>;
}

/** The file of the best weights that belongs to a file of checkpoints. */
export function bestPath(path: string): string {
  return `${path.replace(/\.safetensors$/, "")}.best.safetensors`;
}

/** The metadata of a file of weights: how they were trained, and on what. */
export function weightsMetadata(
  { network, normalize, recipe, seed }: TrainSettings,
  data: Pick<ModelCard, "classNames" | "inputShape"> = {},
): Record<string, string> {
  const card = cardMetadata({ ...data, normalize });
  return { recipe, network, seed: String(seed), ...card };
}

/** The metadata of weights that tell how good they are. */
export function resultMetadata(
  { epoch, valAcc, valLoss }: EpochResult,
): Record<string, string> {
  return {
    epoch: String(epoch),
    ...(Number.isNaN(valAcc) ? {} : { val_acc: String(valAcc) }),
    val_loss: String(valLoss),
  };
}

/**
 * Writes a checkpoint: whole under its name, or not at all. The same training
 * at the same step makes the same bytes: times are left out.
 *
 * @throws {DataError} If the file cannot be written.
 *
 * @category Training
 */
export async function writeCheckpoint(
  path: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const { history, settings, state, weights } = checkpoint;
  const { metadata = weightsMetadata(settings) } = checkpoint;
  const own = [...state].map(([name, tensor]) =>
    [`${trainerPrefix}${name}`, tensor] as const
  );
  const tensors = new Map([...weights, ...own]);
  const all = {
    ...metadata,
    epoch: String(history.length),
    settings: JSON.stringify(renamed(settings, snakeCase)),
    history: JSON.stringify(
      history.map((epoch) => renamed(withoutTimes(epoch), snakeCase)),
    ),
  };
  await writeChecked(path, tensors, all);
}

/**
 * Reads a checkpoint. Times in its history are NaN: they are not stored.
 *
 * @throws {DataError} If the file cannot be read.
 * @throws {FormatError} If it is no checkpoint, was damaged, or has settings that
 * no training can have.
 *
 * @category Training
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { metadata, tensors } = await readWeights(path);
  const weights = weightsOf(tensors);
  const state = new Map(
    [...tensors].filter(([name]) => !weights.has(name))
      .map(([name, tensor]) => [name.slice(trainerPrefix.length), tensor]),
  );
  if (state.size === 0) throw noCheckpoint(path);
  const own = Object.entries(metadata).filter(([name]) =>
    !["checksum", "epoch", "history", "settings"].includes(name)
  );
  return {
    weights,
    state,
    metadata: Object.fromEntries(own),
    ...courseOf(path, metadata),
  };
}

/** The course of a training: its settings, and its epochs so far. */
export type TrainingCourse = Pick<Checkpoint, "history" | "settings">;

/**
 * Reads the course of a training from its checkpoint, but none of its tensors.
 *
 * @throws {DataError} If the file cannot be read.
 * @throws {FormatError} If it is no checkpoint, or has settings that no training
 * can have.
 */
export async function readCourse(path: string): Promise<TrainingCourse> {
  using file = await openWeights(path);
  return courseOf(path, file.metadata);
}

function courseOf(
  path: string,
  metadata: Readonly<Record<string, string>>,
): TrainingCourse {
  const stored = parse(metadata.settings);
  const epochs = parse(metadata.history);
  if (!isRecord(stored) || !Array.isArray(epochs)) throw noCheckpoint(path);
  const settings = renamed(stored, camelCase);
  const history = epochs.map((epoch) =>
    isRecord(epoch) ? renamed(epoch, camelCase) : epoch
  );
  checkSettings(path, settings);
  checkHistory(path, history);
  return {
    history: history.map((epoch) => ({ ...numbersIn(epoch), ...noTimes })),
    settings: settings as unknown as TrainSettings,
  };
}

/** The times of an epoch, none of which is stored. */
const noTimes = { trainSeconds: NaN, evalSeconds: NaN, imagesPerSecond: NaN };

function withoutTimes(epoch: EpochResult): object {
  return Object.fromEntries(
    Object.entries(epoch).filter(([name]) => !Object.hasOwn(noTimes, name)),
  );
}

/** An object whose own names, not those within, are spelt another way. */
function renamed(
  object: object,
  rename: (name: string) => string,
): Record<string, unknown> {
  const entries = Object.entries(object)
    .map(([name, value]) => [rename(name), value] as const);
  return Object.fromEntries(entries);
}

function noCheckpoint(path: string): FormatError {
  return new FormatError(describe({
    what: path,
    expected: "a checkpoint of a training",
    got: "a file of weights without a training's state",
    help: "Give the file that `train --checkpoint FILE` wrote; --init FILE " +
      "begins a training with weights.",
  }));
}

/** Throws unless the settings are known ones, and in their ranges. */
function checkSettings(
  path: string,
  settings: Readonly<Record<string, unknown>>,
): void {
  const unknown = Object.keys(settings).find((name) =>
    !OPTION_NAMES.some((known) => known === name)
  );
  if (unknown !== undefined) {
    throw wrong(`${path}: settings`, OPTION_NAMES.join(", "), unknown);
  }
  for (const name of OPTION_NAMES.filter((name) => name in settings)) {
    const value: unknown = settings[name];
    const complaint = complaintOf(name, value as never);
    if (complaint === null) continue;
    const { expected, got, part } = complaint;
    throw part === undefined
      ? wrong(`${path}: setting ${name}`, expected, JSON.stringify(value))
      : wrong(`${path}: setting ${name} ${part}`, expected, got);
  }
}

/** Throws unless the epochs are numbered, and all else in them is numbers. */
function checkHistory(path: string, history: readonly unknown[]): void {
  history.forEach((epoch, index) => {
    const isEpoch = isRecord(epoch) && epoch.epoch === index + 1 &&
      results.every((name) => name in epoch) &&
      Object.values(epoch).every((value) =>
        isNumber(value) ||
        isRecord(value) && Object.values(value).every(isNumber)
      );
    if (isEpoch) return;
    const expected = `numbers of epoch ${index + 1}`;
    throw wrong(`${path}: history`, expected, JSON.stringify(epoch));
  });
}

/** The results that every epoch has. */
const results = ["loss", "acc", "valLoss", "valAcc", "lr"];

/** JSON has null for NaN. */
function isNumber(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function wrong(what: string, expected: string, got: string): FormatError {
  return new FormatError(describe({
    what,
    expected,
    got,
    help: "Give the file that `train --checkpoint FILE` wrote, unchanged, to " +
      "the version that wrote it or a later one.",
  }));
}

/** Characters of the history of some 100,000 epochs. */
const LONGEST = 2 ** 24;

function parse(text = "null"): unknown {
  if (text.length > LONGEST) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not what a training wrote: the caller says so.
  }
}

/** An epoch with NaN where JSON had to write null. */
function numbersIn<T extends object>(epoch: T): T {
  const entries = Object.entries(epoch).map(([name, value]) =>
    [name, isRecord(value) ? numbersIn(value) : value ?? NaN] as const
  );
  return Object.fromEntries(entries) as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
