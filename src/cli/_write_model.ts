import { choices } from "../base/choices.ts";
import { closest } from "../base/closest.ts";
import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import type { Weights } from "../formats/weights.ts";
import { isWeightsPath, writeWeights } from "../formats/write_weights.ts";
import { cardOf, networkOf, normalizeInputs } from "../models/mod.ts";
import type { Layer } from "../nn/mod.ts";
import { writeOnnx } from "../onnx/mod.ts";
import { modelEndings } from "./_endings.ts";
import { usage } from "./_options.ts";

/** A file of the whole network, not of its weights alone. */
export function isOnnxPath(path: string): boolean {
  return /\.onnx$/i.test(path);
}

/** Refuses a name of a file of weights whose ending says no format. */
export function checkEnding(command: string, what: string, path: string): void {
  if (isWeightsPath(path) || isOnnxPath(path)) return;
  const endings = choices(modelEndings);
  const expected = `expected a name that ends in ${endings}, got ${path}`;
  const own = /\.[^./\\]*$/.exec(path)?.[0] ?? "";
  throw usage(command, `${what}: ${expected}`, closest(own, modelEndings));
}

/** A trained network. */
export interface TrainedModel {
  /** The model on its device. */
  readonly model: Layer;
  /** Shape of a row of its input. */
  readonly inputShape: readonly number[];
}

/** Writes a network in the format that the ending of the path names. */
export async function writeModel(
  path: string,
  { inputShape, model }: TrainedModel,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  if (isOnnxPath(path)) {
    // The file is the network; metadata tell how its input is normalised.
    normalizeInputs(model, []);
    try {
      await writeOnnx(path, model, { inputShape, metadata });
    } finally {
      normalizeInputs(model, cardOf(metadata).normalize);
    }
    return;
  }
  await writeWeights(path, { tensors: await model.stateDict(), metadata });
}

/** Writes weights, or the network that they belong to. */
export async function convertWeights(
  path: string,
  { metadata, tensors }: Weights,
): Promise<void> {
  if (!isOnnxPath(path)) return await writeWeights(path, { metadata, tensors });
  const { card, network, weights } = networkOf(tensors, metadata);
  using device = CpuDevice.open({ threads: 1 });
  const model = network.to(device, { seed: 0 });
  model.loadStateDict(weights, { source: path });
  await writeOnnx(path, model, {
    inputShape: card.inputShape ?? [1, 28, 28],
    metadata,
  });
}
