import { exists } from "@std/fs";
import type { Device } from "../devices/device.ts";
import type { Weights } from "../formats/weights.ts";
import type { ModelCard } from "../models/card.ts";
import { type Classifier, networkOf } from "../models/networks.ts";
import {
  readShippedWeights,
  type ShippedWeightsName,
  shippedWeightsName,
  shippedWeightsNames,
} from "../models/shipped_weights.ts";
import { checkFinite } from "../training/finite.ts";
import { normalization } from "../training/normalization.ts";
import { weightsOf } from "../training/weights_of.ts";
import type { Option } from "./_command.ts";
import type { Output } from "./_output.ts";
import { modelEndings } from "./_endings.ts";
import { checkedValue } from "./_options.ts";

/** The option that chooses between the state dictionaries of a file. */
export const keyOption: Option = {
  name: "key",
  value: "NAME",
  help: "the state dictionary where the file has several: model_ema",
  shown: "the only one",
};

/** The options of a model that need not be given. */
export const modelOptions: readonly Option[] = [
  {
    name: "model",
    value: "FILE",
    endings: modelEndings,
    help: "the weights: .safetensors, .npz, .onnx, or PyTorch's .pth or .pt; " +
      "or those that come with the library: notebook or best",
    shown: `${shippedWeightsName}, or notebook where that is not there`,
  },
  keyOption,
  {
    name: "normalize",
    value: "MEAN,STD",
    help: "how images are normalised for it: 0.1307,0.3081; in colours " +
      "M,M,M,S,S,S",
    shown: "as the weights say, or not at all",
  },
];

/**
 * The value of `--normalize`; undefined where it is not given.
 *
 * @throws {UsageError} If it is none.
 */
export function givenNormalize(
  command: string,
  { normalize }: Readonly<Record<string, string>>,
): readonly number[] | undefined {
  if (normalize === "") return undefined;
  return checkedValue(command, "normalize", normalize, normalization);
}

/** The choices about a network that its weights leave open. */
interface ModelChoices {
  /** Number of classes; by default as many as the weights have. */
  readonly classes?: number;
  /** The value of `--key`; empty is none. */
  readonly key: string;
  /** Mean and standard deviation; by default those of the metadata. */
  readonly normalize?: readonly number[];
}

/** A network with its weights, and what is known of them. */
export interface OpenedModel {
  /** The network, on its device. */
  readonly model: Classifier;
  /** What it was trained with. */
  readonly card: ModelCard;
  /** What is known of its weights. */
  readonly weights: WeightsFacts;
}

/** What is known of weights: fields of `--json`. */
export interface WeightsFacts {
  /** Their file, or `shipped`. */
  readonly file: string;
  /** The day on which the file was written; unknown of the shipped ones. */
  readonly date?: string;
  /** Their accuracy when they were trained, where the file tells it. */
  readonly valAcc?: number;
}

/** The network with the weights of a file, on a device. */
export async function openModel(
  device: Device,
  path: string,
  choices: ModelChoices,
): Promise<OpenedModel> {
  const { readWeights } = await import("../formats/weights.ts");
  const read = await readWeights(path);
  return {
    ...await modelOf(device, read, path, choices),
    weights: await factsOf(path, read),
  };
}

/**
 * The network with the weights that `--model` names, of a file or shipped; with
 * those that a training has left here, or else shipped ones, where it names none.
 * A note names the file, its date, and the accuracy that it had.
 */
export async function openModelOrShipped(
  device: Device,
  { key, model: path }: Readonly<Record<string, string>>,
  output: Output,
  given: Pick<ModelChoices, "classes" | "normalize">,
): Promise<OpenedModel> {
  const choices = { ...given, key };
  const asked = shippedWeightsNames.find((name) => name === path);
  const isFile = path !== "" || await exists(shippedWeightsName);
  if (asked === undefined && isFile) {
    const file = path === "" ? shippedWeightsName : path;
    const opened = await openModel(device, file, choices);
    const { date, valAcc } = opened.weights;
    // Of a file that was named there is nothing else to tell.
    if (path === "" || valAcc !== undefined && output.isForPeople) {
      const day = date === undefined ? "" : ` of ${date}`;
      output.note(`weights are ${file}${day}${accuracyText(valAcc)}`);
    }
    return opened;
  }
  return await openShipped(device, asked, output, choices);
}

/** The network with weights that come with the library. */
async function openShipped(
  device: Device,
  asked: ShippedWeightsName | undefined,
  output: Output,
  choices: ModelChoices,
): Promise<OpenedModel> {
  const shipped = await readShippedWeights(asked);
  const valAcc = Number(shipped.metadata.val_acc);
  const what = asked === undefined
    ? "the shipped weights are used"
    : `weights are the shipped ones of recipe ${asked}`;
  const more = asked === undefined ? "; give --model for others" : "";
  output.note(`${what}${accuracyText(valAcc)}${more}`);
  const source = `shipped ${asked ?? "notebook"}`;
  return {
    ...await modelOf(device, shipped, source, choices),
    weights: { file: "shipped", valAcc },
  };
}

function accuracyText(accuracy: number | undefined): string {
  return accuracy === undefined ? "" : `, val_acc ${accuracy.toFixed(5)}`;
}

async function factsOf(
  file: string,
  { metadata: { val_acc } }: Weights,
): Promise<WeightsFacts> {
  const { mtime } = await Deno.stat(file);
  const date = mtime?.toISOString().slice(0, 10);
  const accuracy = val_acc === undefined ? NaN : Number(val_acc);
  return Number.isNaN(accuracy)
    ? { file, date }
    : { file, date, valAcc: accuracy };
}

async function modelOf(
  device: Device,
  { metadata, tensors }: Weights,
  source: string,
  { classes, key, normalize }: ModelChoices,
): Promise<Omit<OpenedModel, "weights">> {
  const { card, network, weights } = networkOf(weightsOf(tensors), metadata, {
    classes,
    key: key || undefined,
  });
  checkFinite(weights, source);
  const model = network.to(device, { seed: 0 });
  model.loadStateDict(weights, { source });
  const given = normalize ?? card.normalize;
  if (given !== undefined) {
    const { normalizeInputs } = await import("../models/normalize_inputs.ts");
    normalizeInputs(model, given);
  }
  return { model, card };
}
