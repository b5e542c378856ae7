import type { HostTensor } from "../formats/safetensors.ts";
import { stateDictWithin } from "../formats/state_dict_within.ts";
import type { Layer } from "../nn/mod.ts";
import {
  ConvolutionalNeuralNetwork,
  WiderConvolutionalNeuralNetwork,
} from "./convolutional_neural_network.ts";
import { cardOf, type ModelCard } from "./card.ts";
import { MultilayerPerceptron } from "./multilayer_perceptron.ts";

/** A network from images, `[N, 1, 28, 28]` for MNIST, to logits `[N, classes]`. */
export type Classifier = Layer & {
  /** Number of classes. */
  readonly classes: number;
};

/**
 * The names of the networks.
 *
 * @category Models
 */
export type NetworkName = "cnn" | "wider-cnn" | "mlp";

/**
 * The networks that can be trained by name. Each is made on no device yet, with
 * 10 classes and for MNIST's images where nothing else is given.
 */
export const NETWORKS: Readonly<
  Record<
    NetworkName,
    (classes?: number, inputShape?: readonly number[]) => Classifier
  >
> = {
  cnn: (classes, inputShape) =>
    new ConvolutionalNeuralNetwork(classes, { inputShape }),
  "wider-cnn": (classes, inputShape) =>
    new WiderConvolutionalNeuralNetwork(classes, { inputShape }),
  mlp: (classes, inputShape) =>
    new MultilayerPerceptron(classes, {
      inputs: inputShape && product(inputShape),
    }),
};

function product(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A network, and the weights in a file that are its own. */
export interface FoundNetwork {
  /** Its name. */
  readonly name: NetworkName;
  /** The network, on no device yet, without values. */
  readonly network: Classifier;
  /** The state dictionary to load into it. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /**
   * What metadata and weights tell of the data that the network was trained with.
   */
  readonly card: ModelCard;
}

/** How to make the network of weights. */
interface NetworkChoices {
  /** Number of classes; by default as many as the weights have. */
  readonly classes?: number;
  /** The key of the state dictionary where the file has several. */
  readonly key?: string;
}

/**
 * The network that a file of weights belongs to: the one that the metadata name
 * under `network`; otherwise the one whose state dictionary has exactly the
 * file's names, BatchNorm's counters aside; otherwise `cnn`, whose `loadStateDict` then names the differences.
 * It is made for the images that the metadata or, where these are square, the
 * weights tell of.
 *
 * @param tensors The tensors of the file. The state dictionary may lie within
 * others, as {@linkcode stateDictWithin} finds it.
 * @param metadata The metadata of the file.
 * @throws {StateDictError} If it has several and the key names none of them.
 */
export function networkOf(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
  choices: NetworkChoices = {},
): FoundNetwork {
  const { network: named = "" } = metadata;
  const card = cardOf(metadata);
  const found = (name: NetworkName) =>
    networkWithin(tensors, name, card, choices);
  if (isNetworkName(named)) return found(named);
  const candidates = (Object.keys(NETWORKS) as NetworkName[]).map(found);
  return candidates.find(hasItsNames) ?? candidates[0];
}

function isNetworkName(text: string): text is NetworkName {
  return Object.hasOwn(NETWORKS, text);
}

function networkWithin(
  tensors: ReadonlyMap<string, HostTensor>,
  name: NetworkName,
  card: ModelCard,
  { classes, key }: NetworkChoices,
): FoundNetwork {
  const make = NETWORKS[name];
  const plain = make();
  // The bias of the last layer: one element a class.
  const [last] = [...plain.namedTensors()].at(-1)!;
  const weights = stateDictWithin(tensors, last, key);
  const isOwn = hasItsNames({ network: plain, weights });
  const inputShape = card.inputShape ??
    (isOwn ? inputShapeOf(weights) : undefined);
  const network = make(classes ?? weights.get(last)?.shape[0], inputShape);
  const known = inputShape === undefined ? card : { ...card, inputShape };
  return { name, network, weights, card: known };
}

/**
 * The shape of the square images that a network is for, by the weights of its
 * first and its last layer; undefined where they do not tell.
 */
function inputShapeOf(
  weights: ReadonlyMap<string, HostTensor>,
): readonly number[] | undefined {
  const inputs = weights.get("fc1.weight")?.shape[1];
  if (inputs !== undefined) {
    const side = Math.sqrt(inputs);
    return Number.isInteger(side) ? [1, side, side] : [inputs];
  }
  const blocks = Array.from(weights.keys())
    .filter((name) => /^layer\d+\.0\.weight$/.test(name));
  const channels = weights.get(blocks[0])?.shape[1];
  const features = weights.get("fc.weight")?.shape[1];
  const width = weights.get(blocks.at(-1)!)?.shape[0];
  if (!channels || !features || !width) return undefined;
  const side = Math.sqrt(features / width);
  const halvings = 2 ** blocks.length;
  // Several sizes leave the same; MNIST's is the likeliest.
  const size = side === Math.floor(28 / halvings) ? 28 : side * halvings;
  return Number.isInteger(size) ? [channels, size, size] : undefined;
}

function hasItsNames(
  { network, weights }: Pick<FoundNetwork, "network" | "weights">,
): boolean {
  const all = new Set(Array.from(network.namedTensors(), ([name]) => name));
  // Old files lack BatchNorm's counters, and those of networks.
  const needed = [...all].filter((name) => !/num_batches_tracked$/.test(name));
  return needed.every((name) => weights.has(name)) &&
    [...weights.keys()].every((name) => all.has(name));
}
