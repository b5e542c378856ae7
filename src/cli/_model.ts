import type { Device } from "../devices/device.ts";
import { readWeights } from "../formats/weights.ts";
import { ConvolutionalNeuralNetwork } from "../network.ts";
import { weightsOf } from "../training/checkpoint.ts";

/**
 * The network with the weights of a file, on a device.
 *
 * @param classes How many it must have; by default as many as the file says.
 */
export async function openModel(
  device: Device,
  path: string,
  classes?: number,
): Promise<ConvolutionalNeuralNetwork> {
  const { tensors } = await readWeights(path);
  const own = tensors.get("fc.bias")?.shape[0];
  const model = new ConvolutionalNeuralNetwork(classes ?? own)
    .to(device, { seed: 0 });
  model.loadStateDict(weightsOf(tensors), { source: path });
  return model;
}
