import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Layer } from "../nn/mod.ts";
import { findTemperature } from "./metrics/find_temperature.ts";

/** A model, and the rows that it is measured on. */
interface Measured {
  readonly device: Device;
  readonly model: Layer;
  readonly valData: Dataset;
}

/** The temperature of a model with other weights; it keeps its own. */
export async function temperatureWith(
  weights: ReadonlyMap<string, HostTensor>,
  { device, model, valData }: Measured,
): Promise<number> {
  const own = await model.stateDict();
  model.loadStateDict(weights);
  try {
    return await findTemperature(device, model, valData);
  } finally {
    model.loadStateDict(own);
  }
}
