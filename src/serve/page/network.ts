import type { Device } from "../../devices/device.ts";
import { type DeviceChoice, openDevice } from "../../devices/select.ts";
import {
  decodeSafetensors,
  type SafetensorsContents,
} from "../../formats/safetensors.ts";
import { type Classifier, networkOf } from "../../models/networks.ts";
import { classify, type Image } from "../classify.ts";

/** The server's network, in the page. */
export class Network implements Disposable {
  private constructor(
    readonly device: Device,
    readonly model: Classifier,
  ) {}

  /** Opens a device and puts the network there. */
  static async open(
    { metadata, tensors }: SafetensorsContents,
    choice: DeviceChoice,
  ): Promise<Network> {
    const device = await openDevice({ device: choice });
    const { network, weights } = networkOf(tensors, metadata);
    const model = network.to(device, { seed: 0 });
    model.loadStateDict(weights);
    model.eval();
    return new Network(device, model);
  }

  /** The probability of each class. */
  async probabilities(image: Image): Promise<Float32Array> {
    const [probabilities] = await classify(this.device, this.model, [image]);
    return probabilities;
  }

  [Symbol.dispose](): void {
    this.device[Symbol.dispose]();
  }
}

/** The weights of the server's network. */
export async function fetchWeights(): Promise<SafetensorsContents> {
  const response = await fetch("model.safetensors");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return decodeSafetensors(bytes, "the server's model");
}
