import { checkChoice } from "../base/choices.ts";
import { fromBase64 } from "../base/from_base64.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import type { Weights } from "../formats/weights.ts";
import { inFull } from "./_rounded_weights.ts";

/** File name of the weights that a training leaves, and predictions look for. */
export const shippedWeightsName = "mnist-cnn.safetensors";

/** The names of the weights that come with the library: recipes. */
export const shippedWeightsNames = ["notebook", "best"] as const;

/** One of these names. */
export type ShippedWeightsName = (typeof shippedWeightsNames)[number];

/**
 * The weights that come with the library, trained by this code. Their metadata
 * name the recipe, the data and the accuracy.
 *
 * They are a module, which is loaded with the first call and needs no permission,
 * wherever the library came from.
 *
 * @param name The recipe by which they were trained on MNIST. `notebook`, the
 * default, is `ConvolutionalNeuralNetwork`, 99.09 % of the test images right;
 * `best` is `WiderConvolutionalNeuralNetwork`, 99.62 %, its weights rounded to 8
 * bits, which cost it one image of the 10,000.
 * @throws {TypeError} If there are none of that name.
 *
 * @example
 * ```ts
 * import { ConvolutionalNeuralNetwork, openDevice, readShippedWeights } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new ConvolutionalNeuralNetwork().to(device);
 * const { metadata, tensors } = await readShippedWeights();
 * model.loadStateDict(tensors);
 * assertEquals(Number(metadata.val_acc) > 0.988, true);
 * ```
 *
 * @example The most accurate ones
 * ```ts
 * import { openDevice, readShippedWeights, WiderConvolutionalNeuralNetwork } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const { metadata, tensors } = await readShippedWeights("best");
 * const model = new WiderConvolutionalNeuralNetwork().to(device);
 * model.loadStateDict(tensors);
 * assertEquals(Number(metadata.val_acc) > 0.996, true);
 * ```
 *
 * @category Models
 */
export async function readShippedWeights(
  name: "notebook" | "best" = "notebook",
): Promise<Weights> {
  checkChoice("readShippedWeights", name, shippedWeightsNames);
  const { base64 } = name === "best"
    ? await import("./_mnist_cnn_best.gen.ts")
    : await import("./_mnist_cnn.gen.ts");
  const { metadata, tensors } = decodeSafetensors(
    fromBase64(base64),
    `shipped ${name}`,
  );
  return { format: "safetensors", metadata, tensors: inFull(tensors) };
}
