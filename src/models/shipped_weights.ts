import { fromFileUrl } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { readFile } from "../formats/files.ts";
import { decodeWeights, type Weights } from "../formats/weights.ts";

/** File name of the weights that come with the library. */
export const shippedWeightsName = "mnist-cnn.safetensors";

/**
 * The weights that come with the library: the PyTorch notebook's network, trained by
 * this code. Their metadata name the command, the data and the accuracy.
 *
 * They are read from the file beside the code. Where that is a checkout or a
 * compiled program, this needs permission to read it; where it was imported from
 * a registry, permission to fetch from there: `--allow-net=jsr.io`.
 *
 * @throws {DataError} If they cannot be read or fetched.
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
  const url = new URL(
    `../../examples/models/${shippedWeightsName}`,
    import.meta.url,
  );
  const bytes = url.protocol === "file:"
    ? await readFile(fromFileUrl(url))
    : await fetched(url);
  return await decodeWeights(bytes, `shipped ${shippedWeightsName}`);
}

async function fetched(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new DataError(
      describe({
        what: `cannot fetch ${url.href}`,
        got: (cause as Error).message,
        help: `Give --allow-net=${url.host}, or weights of your own.`,
      }),
      { cause },
    );
  }
}
