import type { HostTensor } from "../formats/safetensors.ts";
import { stateDictWithin } from "../formats/state_dict_within.ts";
import type { Layer } from "../nn/mod.ts";
import {
  ConvolutionalNeuralNetwork,
  WiderConvolutionalNeuralNetwork,
} from "./convolutional_neural_network.ts";
import { MultilayerPerceptron } from "./multilayer_perceptron.ts";

/** A network from `[N, 1, 28, 28]` to logits `[N, classes]`. */
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
 * 10 classes where no number is given.
 */
export const NETWORKS: Readonly<
  Record<NetworkName, (classes?: number) => Classifier>
> = {
  cnn: (classes) => new ConvolutionalNeuralNetwork(classes),
  "wider-cnn": (classes) => new WiderConvolutionalNeuralNetwork(classes),
  mlp: (classes) => new MultilayerPerceptron(classes),
};

/** A network, and the weights in a file that are its own. */
export interface FoundNetwork {
  /** The network, on no device yet, without values. */
  readonly network: Classifier;
  /** The state dictionary to load into it. */
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/**
 * The network that a file of weights belongs to: the one that the metadata name
 * under `network`; otherwise the one whose state dictionary has exactly the
 * file's names; otherwise `cnn`, whose `loadStateDict` then names the differences.
 *
 * @param tensors The tensors of the file. The state dictionary may lie within
 * others, as {@linkcode stateDictWithin} finds it.
 * @param metadata The metadata of the file.
 * @param options Number of classes; by default as many as the weights have. The
 * key of the state dictionary where the file has several.
 * @throws {StateDictError} If it has several and the key names none of them.
 */
export function networkOf(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly classes?: number; readonly key?: string } = {},
): FoundNetwork {
  const { network: named = "" } = metadata;
  if (isNetworkName(named)) return networkWithin(tensors, named, options);
  const candidates = (Object.keys(NETWORKS) as NetworkName[])
    .map((name) => networkWithin(tensors, name, options));
  return candidates.find(hasItsNames) ?? candidates[0];
}

function isNetworkName(text: string): text is NetworkName {
  return Object.hasOwn(NETWORKS, text);
}

function networkWithin(
  tensors: ReadonlyMap<string, HostTensor>,
  name: NetworkName,
  { classes, key }: { readonly classes?: number; readonly key?: string },
): FoundNetwork {
  const make = NETWORKS[name];
  // The bias of the last layer: one element a class.
  const [last] = [...make().namedTensors()].at(-1)!;
  const weights = stateDictWithin(tensors, last, key);
  const network = make(classes ?? weights.get(last)?.shape[0]);
  return { network, weights };
}

function hasItsNames({ network, weights }: FoundNetwork): boolean {
  const names = Array.from(network.namedTensors(), ([name]) => name);
  return names.length === weights.size &&
    names.every((name) => weights.has(name));
}
