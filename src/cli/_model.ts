import { exists } from "@std/fs";
import type { Device } from "../devices/device.ts";
import { readWeights, type Weights } from "../formats/weights.ts";
import {
  type Classifier,
  networkOf,
  readShippedWeights,
  shippedWeightsName,
} from "../models/mod.ts";
import { weightsOf } from "../training/mod.ts";
import type { Option } from "./_command.ts";
import type { Output } from "./_output.ts";

/** The option of a model that need not be given. */
export const modelOption: Option = {
  name: "model",
  value: "FILE",
  help: "the weights",
  shown: `${shippedWeightsName}, or the shipped ones where that is not there`,
};

/**
 * The network with the weights of a file, on a device.
 *
 * @param classes How many it must have; by default as many as the weights have.
 */
export async function openModel(
  device: Device,
  path: string,
  classes?: number,
): Promise<Classifier> {
  return modelOf(device, await readWeights(path), path, classes);
}

/**
 * The network with the weights that `--model` names; with those that a training
 * has left here, or else those that come with the library, where it names none.
 * A note names the file.
 */
export async function openModelOrShipped(
  device: Device,
  path: string,
  output: Output,
  classes?: number,
): Promise<Classifier> {
  if (path !== "") return await openModel(device, path, classes);
  if (await exists(shippedWeightsName)) {
    output.note(`weights are ${shippedWeightsName}`);
    return await openModel(device, shippedWeightsName, classes);
  }
  output.note("the shipped weights are used; give --model for others");
  const source = `shipped ${shippedWeightsName}`;
  return modelOf(device, await readShippedWeights(), source, classes);
}

function modelOf(
  device: Device,
  { metadata, tensors }: Weights,
  source: string,
  classes?: number,
): Classifier {
  const { network, weights } = networkOf(weightsOf(tensors), metadata, classes);
  const model = network.to(device, { seed: 0 });
  model.loadStateDict(weights, { source });
  return model;
}
