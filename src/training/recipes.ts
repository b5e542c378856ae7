import { ConvolutionalNeuralNetwork } from "../models/network.ts";
import type { Layer } from "../nn/mod.ts";
import type { Shape } from "../core/tensor.ts";
import { WiderConvolutionalNeuralNetwork } from "../models/wider_network.ts";
import type { TrainSettings } from "./options.ts";

/** A network for images of 28 × 28 pixels that knows its classes. */
export type Classifier = Layer & {
  /** How many classes there are. */
  readonly classes: number;
};

/** A network, and how it is trained. */
export interface Recipe {
  /** Makes the network, on no device yet. */
  network(classes?: number): Classifier;
  /** Settings, where they are not the notebook's. */
  readonly settings: Readonly<Partial<TrainSettings>>;
}

/** The names of the recipes. */
export type RecipeName = "notebook" | "fast" | "best";

/**
 * The recipes: `notebook` is exactly the notebook's, `fast` is the shortest way
 * to 99 % of MNIST's test images, `best` leads farthest.
 */
export const RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  notebook: {
    network: (classes) => new ConvolutionalNeuralNetwork(classes),
    settings: {},
  },
  fast: {
    network: (classes) => new ConvolutionalNeuralNetwork(classes),
    settings: { epochs: 2, schedule: "one-cycle", targetAcc: 0.99 },
  },
  best: {
    network: (classes) => new WiderConvolutionalNeuralNetwork(classes),
    settings: {
      epochs: 15,
      schedule: "one-cycle",
      augment: { rotate: 10, shift: 0.1, scale: 0.1, shear: 5, elastic: 30 },
    },
  },
};

/**
 * The recipes' network that a file's weights are of: the one whose tensors have
 * just their names; the notebook's where there is none.
 *
 * @param weights Name and shape of every tensor.
 * @param classes How many it has; by default as many as `fc.bias`.
 */
export function networkOf(
  weights: ReadonlyMap<string, { readonly shape: Shape }>,
  classes: number | undefined = weights.get("fc.bias")?.shape[0],
): Classifier {
  const networks = Object.values(RECIPES).map(({ network }) =>
    network(classes)
  );
  const found = networks.find((network) => {
    const tensors = [...network.namedTensors()];
    return tensors.length === weights.size &&
      tensors.every(([name]) => weights.has(name));
  });
  return found ?? networks[0];
}
