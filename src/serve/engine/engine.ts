import type { DeviceChoice } from "../../devices/select.ts";
import { decodeWeights } from "../../formats/weights.ts";
import { cardOf } from "../../models/card.ts";
import { networkOf } from "../../models/networks.ts";
import { explain } from "./explain.ts";
import { fetchWeights, Network } from "./network.ts";
import { type LabelledImages, readOwnImages } from "./own_images.ts";
import type {
  About,
  Engine,
  EngineEvent,
  Explanation,
  OwnFile,
  Picture,
  SavedFormat,
  Seen,
  TrainingSettings,
} from "./protocol.ts";
import { see } from "./see.ts";
import { Training } from "./training.ts";
import { divided, fetchImages } from "./training_images.ts";

/** The network in the page's worker, and what is done with it. */
export class PageEngine implements Engine {
  readonly #tell: (event: EngineEvent) => void;
  readonly #weights = fetchWeights();
  #network: Network | null = null;
  #training: Training | null = null;
  #ownImages: LabelledImages | null = null;
  /** What uses the device: it is not closed before. */
  readonly #running = new Set<Promise<unknown>>();

  /** @param tell Is told what happens meanwhile. */
  constructor(tell: (event: EngineEvent) => void) {
    this.#tell = tell;
  }

  async open(
    choice: DeviceChoice,
    weights: OwnFile | null,
  ): Promise<About> {
    const name = weights?.name ?? "the page's model";
    const contents = weights === null
      ? await this.#weights
      : await decodeWeights(weights.bytes, name);
    return await this.#replace(await Network.open(choice, contents, name));
  }

  async move(choice: DeviceChoice): Promise<About> {
    const name = "the network of this page";
    const bytes = await this.save("safetensors");
    const contents = await decodeWeights(bytes, name);
    return await this.#replace(await Network.open(choice, contents, name));
  }

  look(picture: Picture): Promise<Seen[]> {
    return this.#use(({ card: { classNames, temperature }, device, model }) =>
      see(device, model, { classNames, temperature }, picture)
    );
  }

  explain(data: Float32Array, index: number): Promise<Explanation> {
    return this.#use(({ device, model }) =>
      explain(device, model, data, index)
    );
  }

  async takeImages(files: readonly OwnFile[]): Promise<number> {
    this.#ownImages = await readOwnImages(files);
    return this.#ownImages.labels.length;
  }

  async train(settings: TrainingSettings): Promise<About> {
    const { metadata, tensors } = await this.#weights;
    const known = networkOf(tensors, metadata).network.classes;
    const images = this.#ownImages ?? await fetchImages();
    const classes = Math.max(known, highest(images.labels) + 1);
    const data = divided(images, classes);
    // What learns anew has another temperature, and other classes have no names.
    const { temperature: _, ...own } = cardOf(metadata);
    const card = classes === known ? own : {};
    return await this.#use(async (network) => {
      const back = network.restart(settings.network, classes, card);
      const { device, model } = network;
      const training = new Training(device, model, data, settings);
      this.#training = training;
      const { trainData: { length: images }, watched } = data;
      this.#tell({ kind: "begun", images, watched });
      try {
        await training.run((progress) =>
          this.#tell({ kind: "progress", progress })
        );
      } catch (error) {
        back();
        throw error;
      } finally {
        this.#training = null;
      }
      return network.about;
    });
  }

  pause(isPaused: boolean): Promise<void> {
    this.#training?.pause(isPaused);
    return Promise.resolve();
  }

  step(): Promise<void> {
    this.#training?.step();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#training?.stop();
    return Promise.resolve();
  }

  save(format: SavedFormat): Promise<Uint8Array> {
    return this.#use((network) => network.save(format));
  }

  #use<T>(run: (network: Network) => Promise<T>): Promise<T> {
    if (this.#network === null) throw new Error("there is no network yet");
    const result = run(this.#network);
    this.#running.add(result);
    const end = () => this.#running.delete(result);
    result.then(end, end);
    return result;
  }

  async #replace(network: Network): Promise<About> {
    const before = this.#network;
    this.#network = network;
    this.#training?.stop();
    await Promise.allSettled(this.#running);
    before?.[Symbol.dispose]();
    return network.about;
  }
}

function highest(labels: Uint8Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}
