import type { Device } from "../../devices/device.ts";
import { type DeviceChoice, openDevice } from "../../devices/select.ts";
import { encodePyTorch } from "../../formats/pytorch.ts";
import { encodeSafetensors } from "../../formats/safetensors.ts";
import { decodeWeights, type Weights } from "../../formats/weights.ts";
import { cardMetadata, classLabel, type ModelCard } from "../../models/card.ts";
import { normalizeInputs } from "../../models/normalize_inputs.ts";
import {
  type Classifier,
  type NetworkName,
  networkOf,
  NETWORKS,
} from "../../models/networks.ts";
import { checkInput } from "./check_input.ts";
import type { About, SavedFormat } from "./protocol.ts";

/** A network on a device of its own. */
export class Network implements Disposable {
  readonly #device: Device;
  #model: Classifier;
  #card: ModelCard;

  private constructor(device: Device, model: Classifier, card: ModelCard) {
    this.#device = device;
    this.#card = card;
    this.#model = prepared(model, card);
  }

  /** Opens a device, and puts the network of these weights there. */
  static async open(
    choice: DeviceChoice,
    { metadata, tensors }: Weights,
    source: string,
  ): Promise<Network> {
    const { card, network, weights } = networkOf(tensors, metadata);
    checkInput(card, source);
    const device = await openDevice({ device: choice });
    try {
      const model = network.to(device, { seed: 0 });
      model.loadStateDict(weights, { source });
      return new Network(device, model, card);
    } catch (error) {
      device[Symbol.dispose]();
      throw error;
    }
  }

  /** Where it runs. */
  get device(): Device {
    return this.#device;
  }

  /** The network that answers. */
  get model(): Classifier {
    return this.#model;
  }

  /** What is known of its weights. */
  get card(): ModelCard {
    return this.#card;
  }

  /** What the page says of it. */
  get about(): About {
    const { classes } = this.#model;
    const { classNames } = this.#card;
    return {
      device: this.#device.label,
      network: nameOf(this.#model),
      parameters: this.#model.parameters()
        .reduce((sum, { length }) => sum + length, 0),
      classes: Array.from(
        { length: classes },
        (_, index) => String(classLabel(index, classNames)),
      ),
    };
  }

  /**
   * Puts a network in its place that has learnt nothing.
   *
   * @returns Puts the one that was there back.
   */
  restart(name: NetworkName, classes: number, card: ModelCard): () => void {
    const before = { model: this.#model, card: this.#card };
    const model = NETWORKS[name](classes).to(this.#device, { seed: 0 });
    this.#card = card;
    this.#model = prepared(model, card);
    return () => {
      this.#card = before.card;
      this.#model = before.model;
    };
  }

  /** Its weights as a file. */
  async save(format: SavedFormat): Promise<Uint8Array> {
    const weights = await this.#model.stateDict();
    const metadata = {
      ...cardMetadata(this.#card),
      network: nameOf(this.#model),
    };
    return format === "pth"
      ? await encodePyTorch(weights, metadata)
      : encodeSafetensors(weights, metadata);
  }

  [Symbol.dispose](): void {
    this.#device[Symbol.dispose]();
  }
}

/** The page's networks have names, all of them. */
function nameOf({ constructor }: Classifier): NetworkName {
  const names = Object.keys(NETWORKS) as NetworkName[];
  return names.find((name) => NETWORKS[name]().constructor === constructor)!;
}

/** A network that sees images as its weights were trained with. */
function prepared(model: Classifier, { normalize }: ModelCard): Classifier {
  model.eval();
  return normalizeInputs(model, normalize);
}

/** The weights of the page's network. */
export async function fetchWeights(): Promise<Weights> {
  const response = await fetch("model.safetensors");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return await decodeWeights(bytes, "the page's model");
}
