import { describe, StateDictError } from "../base/errors.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { stateDictWithin } from "../formats/state_dict_within.ts";
import { readWeights } from "../formats/weights.ts";
import { cardOf, networkOf } from "../models/mod.ts";
import { type Module, Parameter } from "../nn/mod.ts";
import { checkFinite } from "./finite.ts";
import { weightsOf } from "./weights_of.ts";
import { isWithin } from "./_named_parts.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";

/** Weights that a training starts from. */
export interface InitialWeights {
  /** The file, for errors. */
  readonly source: string;
  /** The weights, by the names of the model. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Their network and normalisation: defaults of the settings. */
  readonly settings: Partial<TrainSettings>;
}

/**
 * Reads the weights that the options name, or null where they name none.
 *
 * @throws {DataError | FormatError | StateDictError} If they cannot be read, or
 * are no finite numbers, or the file has several of them.
 */
export async function readInitialWeights(
  { init, key, model }: Pick<TrainOptions, "init" | "key" | "model">,
): Promise<InitialWeights | null> {
  if (init === undefined) return null;
  const { metadata, tensors } = await readWeights(init);
  const own = weightsOf(tensors);
  const { weights, ...settings } = model === undefined
    ? ofNetwork(own, metadata, key)
    : ofModel(model, own, metadata, key);
  checkFinite(weights, init);
  return { source: init, weights, settings };
}

type Metadata = Readonly<Record<string, string>>;
type Tensors = ReadonlyMap<string, HostTensor>;

function ofNetwork(tensors: Tensors, metadata: Metadata, key?: string) {
  const { card, name, weights } = networkOf(tensors, metadata, { key });
  return { weights, network: name, ...normalizationOf(card) };
}

function ofModel(
  model: Module,
  tensors: Tensors,
  metadata: Metadata,
  key?: string,
) {
  const [last] = [...model.namedTensors()].at(-1) ?? [""];
  const weights = stateDictWithin(tensors, last, key);
  return { weights, ...normalizationOf(cardOf(metadata)) };
}

function normalizationOf(
  { normalize }: Partial<TrainSettings>,
): Partial<TrainSettings> {
  return normalize === undefined ? {} : { normalize };
}

/**
 * Loads the weights into a model that is on its device.
 *
 * @param reset Names of the parts that keep their own values.
 * @throws {StateDictError} If names or shapes differ elsewhere.
 */
export function loadInitialWeights(
  model: Module,
  { source, weights }: Pick<InitialWeights, "source" | "weights">,
  reset: readonly string[],
): void {
  const taken = new Map(
    [...weights].filter(([name]) => !isWithin(name, reset)),
  );
  checkShapes(model, source, taken);
  if (reset.length === 0) return void model.loadStateDict(taken, { source });
  const strict = false;
  const report = model.loadStateDict(taken, { source, strict });
  const missing = report.missingKeys.filter((name) => !isWithin(name, reset));
  const [name] = [...missing, ...report.unexpectedKeys];
  if (name === undefined) return;
  throw new StateDictError(describe({
    what: `${source}: ${name}`,
    expected: missing.length === 0 ? "no such weights" : "weights",
    got: missing.length === 0 ? "some" : "none",
    help: "Load weights that were saved from the same network.",
  }));
}

/** Refuses shapes that differ, as those of the last layer for other classes. */
function checkShapes(model: Module, source: string, weights: Tensors): void {
  const differing = [...model.namedTensors()].filter(([name, part]) => {
    const given = weights.get(name)?.shape;
    return part instanceof Parameter && given !== undefined &&
      String(given) !== String(part.shape);
  });
  if (differing.length === 0) return;
  const [[name, { shape }]] = differing;
  const layers = new Set(
    differing.map(([name]) => name.replace(/\.[^.]*$/, "")),
  );
  throw new StateDictError(describe({
    what: `${source}: ${name}`,
    expected: `the shape [${shape.join(", ")}], for these images and classes`,
    got: `[${weights.get(name)!.shape.join(", ")}]`,
    help: `--reset ${[...layers].join(",")} leaves out what does not fit; it ` +
      "starts from random values then, as without --init.",
  }));
}
