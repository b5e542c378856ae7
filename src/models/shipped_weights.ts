import { fromBase64 } from "../base/from_base64.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import type { Weights } from "../formats/weights.ts";

/** File name of the weights that come with the library. */
export const shippedWeightsName = "mnist-cnn.safetensors";

/**
 * The weights that come with the library: the PyTorch notebook's network, trained by
 * this code. Their metadata name the command, the data and the accuracy.
 *
 * They are a module, which is loaded with the first call and needs no permission,
 * wherever the library came from.
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
 * @category Models
 */
export async function readShippedWeights(): Promise<Weights> {
  const { base64 } = await import("./_mnist_cnn.gen.ts");
  return {
    format: "safetensors",
    ...decodeSafetensors(fromBase64(base64), `shipped ${shippedWeightsName}`),
  };
}
