import type { Device } from "../../devices/device.ts";
import { type DeviceChoice, openDevice } from "../../devices/select.ts";
import {
  decodeSafetensors,
  type SafetensorsContents,
} from "../../formats/safetensors.ts";
import type { ModelCard } from "../../models/card.ts";
import { normalizeInputs } from "../../models/normalize_inputs.ts";
import { type Classifier, networkOf, NETWORKS } from "../../models/networks.ts";
import { classify, type Image } from "../classify.ts";

/** The server's network, in the page. */
export class Network implements Disposable {
  #model: Classifier;
  #temperature: number | undefined;

  private constructor(
    readonly device: Device,
    model: Classifier,
    readonly card: ModelCard,
  ) {
    this.#model = prepared(model, card);
    this.#temperature = card.temperature;
  }

  /** The network that answers. */
  get model(): Classifier {
    return this.#model;
  }

  /** Puts a network of the same kind in its place that has learnt nothing. */
  restart(): void {
    const { classes, constructor } = this.#model;
    const make = Object.values(NETWORKS).find((make) =>
      make(classes).constructor === constructor
    );
    if (make === undefined) throw new Error("this network cannot start anew");
    const model = make(classes).to(this.device, { seed: 0 });
    this.#model = prepared(model, this.card);
    this.#temperature = undefined;
  }

  /** Opens a device and puts the network there. */
  static async open(
    { metadata, tensors }: SafetensorsContents,
    choice: DeviceChoice,
  ): Promise<Network> {
    const device = await openDevice({ device: choice });
    const { card, network, weights } = networkOf(tensors, metadata);
    const model = network.to(device, { seed: 0 });
    model.loadStateDict(weights);
    return new Network(device, model, card);
  }

  /** The probability of each class. */
  async probabilities(image: Image): Promise<Float32Array> {
    const [probabilities] = await classify(
      this.device,
      this.#model,
      [image],
      this.#temperature,
    );
    return probabilities;
  }

  [Symbol.dispose](): void {
    this.device[Symbol.dispose]();
  }
}

/** A network that sees images as its weights were trained with. */
function prepared(model: Classifier, { normalize }: ModelCard): Classifier {
  model.eval();
  return normalizeInputs(model, normalize);
}

/** The weights of the server's network. */
export async function fetchWeights(): Promise<SafetensorsContents> {
  const response = await fetch("model.safetensors");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return decodeSafetensors(bytes, "the server's model");
}
