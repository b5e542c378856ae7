import { dirname } from "@std/path";
import { describe } from "../base/errors.ts";
import { LiveView, otherRun } from "../serve/live_view.ts";
import type {
  EpochResult,
  StepResult,
  Trainer,
  TrainOptions,
} from "../training/mod.ts";
import type { Given, Option } from "./_command.ts";
import { findRuns } from "./_found_runs.ts";
import { startOf } from "./_call.ts";
import type { Interrupt } from "./_interrupt.ts";
import { usage, UsageError, wholeNumber } from "./_options.ts";
import type { Output } from "./_output.ts";
import type { RunFiles } from "./_seeds.ts";

/** The options of the view. */
export const watchOptions: readonly Option[] = [
  {
    name: "watch",
    help:
      "a page to watch it, stop it and save; only on this machine; by the " +
      "task watch, or a train that may listen on 127.0.0.1",
  },
  {
    name: "port",
    value: "N",
    help: "the port of --watch",
    shown: "any that is free",
  },
];

/** The view of a training, for those who asked for one. */
export class Watch implements AsyncDisposable {
  readonly #view: LiveView;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #interrupt: Interrupt | null = null;
  #folder = "";
  #end = "It failed; the terminal says why";

  private constructor(port: number) {
    this.#view = new LiveView({
      stop: () => this.#stop(),
      // The terminal is for the training: `runs` says what cannot be read.
      runs: async () =>
        (await findRuns("runs", () => {}))
          .filter(({ folder }) => folder !== this.#folder).map(otherRun),
    });
    this.#server = listen(this.#view, port);
  }

  /**
   * Listens, and prints the address; null without `--watch`.
   *
   * @throws {UsageError} If it may not listen, or the port is taken.
   */
  static open({ flags, values }: Given, output: Output): Watch | null {
    if (!flags.has("watch")) {
      if (values.port !== "") throw usage("train", "--port goes with --watch");
      return null;
    }
    const watch = new Watch(portOf(values.port));
    const { addr } = watch.#server;
    const line = `watch: http://127.0.0.1:${addr.port}${watch.#view.path}`;
    if (output.isForPeople) output.say(line);
    else console.error(line);
    return watch;
  }

  /** Stops the training by what `Ctrl-C` stops it by, from now on. */
  obey(interrupt: Interrupt): void {
    this.#interrupt = interrupt;
  }

  /** Steps between two readings: each on the CPU; a GPU is not to wait. */
  readEvery({ device }: TrainOptions): number {
    return device?.kind === "cpu" ? 1 : 5;
  }

  /** Shows a training from now on. */
  begin(
    { history, settings }: Trainer,
    facts: Readonly<Record<string, string>>,
    { options: { checkpoint } }: RunFiles,
  ): void {
    const { batchSize, epochs, lr, network, optimizer, recipe, seed } =
      settings;
    const learning = { network, recipe, optimizer, lr, batchSize, seed };
    const texts = Object.entries(learning)
      .map(([name, value]) => [name, String(value)]);
    const file = checkpoint === undefined ? {} : { checkpoint };
    this.#folder = checkpoint === undefined ? "" : dirname(checkpoint);
    this.#view.begin({
      title: this.#folder === "" ? "Training" : this.#folder,
      facts: { ...facts, ...file, ...Object.fromEntries(texts) },
      epochs,
      canSave: checkpoint !== undefined,
      history,
    });
  }

  /** Shows a step, and writes the checkpoint if somebody asked for it. */
  step(step: StepResult, trainer: Trainer): Promise<void> | void {
    this.#view.step(step);
    if (this.#view.takeSave()) return this.#save(step, trainer);
  }

  /** Shows an epoch. */
  epoch(epoch: EpochResult): void {
    this.#view.epoch(epoch);
  }

  /** All trainings are done. */
  finish(): void {
    this.#end = "Finished";
  }

  /** Tells the pages how it ended, and closes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#view.end(this.#interrupt?.signal.aborted ? "Stopped" : this.#end);
    await this.#server.shutdown();
  }

  async #save({ epoch, step }: StepResult, trainer: Trainer): Promise<void> {
    await trainer.save();
    this.#view.note(`saved at step ${step} of epoch ${epoch}`);
  }

  #stop(): void {
    if (this.#interrupt !== null) return this.#interrupt.stop();
    // As Ctrl-C before there is a step to finish.
    Deno.exit(130);
  }
}

function portOf(text: string): number {
  const port = text === "" ? 0 : wholeNumber("train", "port", text, 0);
  if (port < 65_536) return port;
  throw usage("train", `--port: expected at most 65535, got ${text}`);
}

function listen(
  view: LiveView,
  port: number,
): Deno.HttpServer<Deno.NetAddr> {
  const hostname = "127.0.0.1";
  try {
    return Deno.serve({ hostname, port, onListen() {} }, view.fetch);
  } catch (error) {
    const isRefused = error instanceof Deno.errors.NotCapable;
    throw new UsageError(
      describe({
        what: "train: --watch",
        expected: isRefused
          ? `permission to listen on ${hostname}`
          : `a free port of ${hostname}`,
        got: isRefused ? "none" : (error as Error).message,
        help: isRefused
          ? startOf() === "task"
            ? "deno task watch is train --watch with that permission."
            : `Give it that permission: --allow-net=${hostname}.`
          : "Leave --port out for any that is free.",
      }),
      { cause: error },
    );
  }
}
