import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import { describe, StateDictError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { elementsOf, isSameShape, type Shape } from "../core/shape.ts";
import type { Module, StatePart } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * Options for loading a state dictionary.
 *
 * @category Modules
 */
export interface LoadOptions {
  /** Whether both must have the same names. Default true. */
  strict?: boolean;
  /** Name of the source, for error messages. */
  source?: string;
}

/**
 * Names that a state dictionary lacked, and names the model lacks.
 *
 * @category Modules
 */
export class LoadReport {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /**
   * Makes a report.
   *
   * @param missingKeys Names of the model that the dictionary lacks.
   * @param unexpectedKeys Names of the dictionary that the model lacks.
   */
  constructor(
    readonly missingKeys: readonly string[],
    readonly unexpectedKeys: readonly string[],
  ) {}

  /** PyTorch's text: `<All keys matched successfully>`, or what differed. */
  toString(): string {
    const { missingKeys, unexpectedKeys } = this;
    if (missingKeys.length + unexpectedKeys.length === 0) {
      return "<All keys matched successfully>";
    }
    return `_IncompatibleKeys(missing_keys=${pythonList(missingKeys)}, ` +
      `unexpected_keys=${pythonList(unexpectedKeys)})`;
  }
}

/** Copies parameters and buffers to the host, in PyTorch's order. */
export async function readStateDict(
  module: Module,
): Promise<Map<string, HostTensor>> {
  const reads = slotsOf(module).map(async ([name, slot]) => {
    const { shape } = slot;
    const data = await slot.tensor.data();
    const tensor: HostTensor = data instanceof Int32Array
      ? { dtype: "I64", shape, data: BigInt64Array.from(data, BigInt) }
      : { dtype: "F32", shape, data };
    return [name, tensor] as const;
  });
  return new Map(await Promise.all(reads));
}

/** Checks everything, then writes parameters and buffers. */
export function loadStateDict(
  module: Module,
  state: ReadonlyMap<string, HostTensor>,
  options: LoadOptions,
): LoadReport {
  checkOptions("loadStateDict", options, ["source", "strict"]);
  const { source, strict = true } = options;
  const slots = new Map(slotsOf(module));
  checkState(state);
  const given = withCounters(state, slots.keys());
  const report = new LoadReport(
    [...slots.keys()].filter((name) => !given.has(name)),
    [...state.keys()].filter((name) => !slots.has(name)),
  );
  const found: [StatePart, HostTensor][] = [];
  const problems = strict ? keyProblems(report) : [];
  for (const [name, slot] of slots) {
    const tensor = given.get(name);
    if (tensor === undefined) continue;
    found.push([slot, tensor]);
    const problem = misfit(name, slot, tensor);
    if (problem !== null) problems.push(problem);
  }
  if (problems.length > 0) {
    throw new StateDictError(describe({
      what: (source === undefined ? "" : `${source}: `) +
        `Error(s) in loading state_dict for ${module.constructor.name}: ` +
        problems.join(" "),
      help: "Load weights that were saved from the same network.",
    }));
  }
  for (const [slot, tensor] of found) write(slot, tensor);
  return report;
}

function slotsOf(module: Module): [name: string, slot: StatePart][] {
  return [...module.namedTensors()].filter(([, part]) =>
    part instanceof Parameter || part.persistent
  );
}

function keyProblems({ missingKeys, unexpectedKeys }: LoadReport): string[] {
  const problems: string[] = [];
  if (missingKeys.length > 0) {
    problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}.`);
  }
  if (unexpectedKeys.length > 0) {
    problems.push(
      `Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}.`,
    );
  }
  return problems;
}

function misfit(
  name: string,
  slot: StatePart,
  tensor: HostTensor,
): string | null {
  if (isSameShape(slot.shape, tensor.shape)) return null;
  // PyTorch before 0.4 had no scalars: it takes the first element.
  const isScalar = slot.shape.length === 0 && tensor.shape.length === 1 &&
    tensor.shape[0] > 0;
  if (isScalar) return null;
  return `size mismatch for ${name}: copying a param with shape ` +
    `${torchSize(tensor.shape)} from checkpoint, the shape in current ` +
    `model is ${torchSize(slot.shape)}.`;
}

/** Converts the elements, as PyTorch's `copy_` does: to integers towards zero. */
function write({ shape, tensor }: StatePart, { data }: HostTensor): void {
  const { buffer, device, dtype } = tensor;
  const all = data as ArrayLike<number | bigint>;
  const Values = dtype === "i32" ? Int32Array : Float32Array;
  const values = new Values(elementsOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = Number(all[i]);
  device.write(buffer, values);
}

/**
 * A state dictionary with BatchNorm's counters, from 0 where it has none: those
 * of PyTorch before 0.4.1 have none, and files of other libraries.
 */
function withCounters(
  state: ReadonlyMap<string, HostTensor>,
  names: Iterable<string>,
): ReadonlyMap<string, HostTensor> {
  const missing = [...names].filter((name) =>
    /(^|\.)num_batches_tracked$/.test(name) && !state.has(name)
  );
  const zero: HostTensor = {
    dtype: "I64",
    shape: [],
    data: new BigInt64Array(1),
  };
  return new Map([...state, ...missing.map((name) => [name, zero] as const)]);
}

function torchSize(shape: Shape): string {
  return `torch.Size([${shape.join(", ")}])`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function pythonList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

/** Throws unless a state dictionary is a map, as `stateDict()` gives it. */
function checkState(state: unknown): void {
  const given = Object(state);
  if ("get" in given && "keys" in given) return;
  const isFile = "tensors" in given;
  throw new TypeError(describe({
    what: "loadStateDict: state",
    expected: "a Map of names and tensors, as stateDict() gives it",
    got: isFile ? "a file of weights" : typeof state,
    help: isFile
      ? "Its `tensors` are one: loadStateDict((await readWeights(path)).tensors)."
      : "Of an object, new Map(Object.entries(…)) makes one; await a promise.",
  }));
}
