import { grouped } from "../../base/table.ts";
import type {
  About,
  Engine,
  EngineEvent,
  Progress,
  TrainingSettings,
  Watched,
} from "../engine/protocol.ts";
import type { NetworkName } from "../../models/networks.ts";
import { contentsOf, onChosen } from "./files.ts";
import { element, made, type PageElement } from "./dom.ts";
import { picture, scaled, signed } from "./pictures.ts";
import { Runs } from "./runs.ts";

/** What a trainer tells the page. */
export interface TrainerEvents {
  /** What is going on. */
  onStatus(text: string): void;
  /** The network has learnt something. */
  onProgress(): void;
  /** A training has begun, or ended with this network. */
  onChange(isTraining: boolean, about: About | null): void;
}

/** Trains a network in the page, and shows how it learns. */
export class Trainer {
  readonly #engine: Engine;
  readonly #events: TrainerEvents;
  readonly #runs = new Runs();
  readonly #buttons = ["start", "pause", "step", "stop"]
    .map((id) => element(id));
  #isPaused = false;
  #guesses: PageElement[] = [];
  #watched: Watched | null = null;

  /** Makes the page's controls its own. */
  constructor(engine: Engine, events: TrainerEvents) {
    this.#engine = engine;
    this.#events = events;
    const [start, pause, step, stop] = this.#buttons;
    start.addEventListener("click", () => this.#train());
    pause.addEventListener("click", () => this.#pause(!this.#isPaused));
    step.addEventListener("click", () => {
      this.#showPause(true);
      engine.step();
    });
    stop.addEventListener("click", () => {
      this.#pause(false);
      engine.stop();
    });
    onChosen("data", (files) => this.#takeImages(files));
  }

  /** Whether there are images to train on. */
  set hasImages(hasImages: boolean) {
    this.#buttons[0].disabled = !hasImages;
  }

  /** Takes what the engine tells of a training. */
  take(event: EngineEvent): void {
    if (event.kind === "begun") {
      this.#watched = event.watched;
      this.#events.onStatus(
        `The network learns ${grouped(event.images)} images.`,
      );
      this.#showWatched(event.watched);
      return;
    }
    const { progress } = event;
    this.#runs.add(progress);
    this.#showFilters(progress.filters);
    this.#showGuesses(progress.guesses);
    this.#events.onProgress();
  }

  async #takeImages(files: readonly File[]): Promise<void> {
    try {
      const contents = await Promise.all(files.map(contentsOf));
      const count = await this.#engine.takeImages(contents);
      this.#events.onStatus(
        `${grouped(count)} images of your own are there to train on.`,
      );
      this.hasImages = true;
    } catch (error) {
      this.#events.onStatus((error as Error).message);
    }
  }

  async #train(): Promise<void> {
    const settings = settingsOf();
    this.#set(true);
    this.#events.onStatus("Fetching the images…");
    this.#runs.begin(settings);
    try {
      const about = await this.#engine.train(settings);
      this.#events.onStatus("The network that was trained here answers.");
      this.#set(false, about);
    } catch (error) {
      this.#events.onStatus((error as Error).message);
      this.#set(false);
    }
  }

  #set(isTraining: boolean, about: About | null = null): void {
    const [start, ...others] = this.#buttons;
    start.disabled = isTraining;
    for (const button of others) button.disabled = !isTraining;
    element("data").disabled = isTraining;
    if (!isTraining) this.#pause(false);
    this.#events.onChange(isTraining, about);
  }

  #pause(isPaused: boolean): void {
    this.#showPause(isPaused);
    this.#engine.pause(isPaused);
  }

  #showPause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#buttons[1].textContent = isPaused ? "Go on" : "Pause";
  }

  #showFilters({ data, shape }: Progress["filters"]): void {
    // Kernels [out, in, height, width], or the weights of units [out, pixels].
    const count = Math.min(shape[0], 24);
    const size = shape.length === 4 ? shape[2] * shape[3] : shape[1];
    const stride = data.length / shape[0];
    const columns = shape.length === 4 ? shape[3] : Math.sqrt(shape[1]);
    const filters = Array.from({ length: count }, (_, filter) => {
      const start = filter * stride;
      const values = scaled(data.slice(start, start + size));
      return picture(values, columns, signed);
    });
    element("filters").replaceChildren(...filters);
  }

  #showWatched({ labels, pixels }: Watched): void {
    this.#guesses = Array.from(labels, () => made("figcaption", "", "–"));
    const figures = Array.from(labels, (_, row) => {
      const own = pixels.subarray(row * 784, (row + 1) * 784);
      const values = Array.from(own, (value) => value / 255);
      return made("figure", "", picture(values, 28), this.#guesses[row]);
    });
    element("watched").replaceChildren(...figures);
  }

  #showGuesses(guesses: readonly number[]): void {
    for (const [row, guess] of guesses.entries()) {
      const isRight = guess === this.#watched?.labels[row];
      this.#guesses[row].textContent = `${guess} ${isRight ? "✓" : "✗"}`;
      this.#guesses[row].className = isRight ? "right" : "wrong";
    }
  }
}

function settingsOf(): TrainingSettings {
  return {
    network: element("network").value as NetworkName,
    lr: Number(element("rate").value),
    batchSize: Number(element("batch").value),
  };
}
