import type { Device } from "../devices/device.ts";
import { readWeights } from "../formats/weights.ts";
import { ConvolutionalNeuralNetwork } from "../network.ts";
import { weightsOf } from "../training/checkpoint.ts";

/** The network with the weights of a file, on a device. */
export async function openModel(
  device: Device,
  path: string,
): Promise<ConvolutionalNeuralNetwork> {
  const { tensors } = await readWeights(path);
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  model.loadStateDict(weightsOf(tensors), { source: path });
  return model;
}
