import { library } from "../base/library.ts";
import { LibraryError } from "../base/errors.ts";
import type { StepResult } from "../training/mod.ts";
import type { Output } from "./_output.ts";

/** A terminal, as a bar uses it: a part of Node's stream. */
export interface Terminal {
  /** Whether it is one. */
  readonly isTTY: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** Writes at once. */
  write(text: string): unknown;
}

/** How a bar is drawn. */
export interface BarOptions {
  /** Whether in colour. Default unless NO_COLOR is set. */
  color?: boolean;
  /** Where. Default stdout. */
  terminal?: Terminal;
}

/** The library's interface, as far as used here: it has no types. */
interface Bar {
  start(total: number, value: number, payload: Payload): void;
  update(value: number, payload: Payload): void;
  stop(): void;
}

type Payload = Record<"epoch" | "loss" | "acc" | "rate", string>;

/** Columns of a line beside the bar, at the widest. */
const textWidth = 69;

/** Steps from whose time the time left is guessed. */
const guessSteps = 50;

/** A bar for every epoch of a training. */
export class ProgressBar implements Disposable {
  readonly #bar: Bar;
  #isDrawn = false;

  private constructor(bar: Bar) {
    this.#bar = bar;
  }

  /**
   * Loads the library; draws nothing yet.
   *
   * @throws {LibraryError} If it cannot be loaded.
   */
  static async open(options: BarOptions = {}): Promise<ProgressBar> {
    const { default: { SingleBar } } = await library(
      "npm:cli-progress@3.12.0",
      () => import("npm:cli-progress@3.12.0"),
    );
    const { stdout } = await import("node:process");
    const { color = !Deno.noColor, terminal = stdout } = options;
    const bar = color ? "\x1b[36m{bar}\x1b[0m" : "{bar}";
    const width = (terminal.columns || 80) - textWidth;
    return new ProgressBar(
      new SingleBar({
        stream: terminal,
        format: `{epoch} ${bar} {percentage}%  loss {loss}  acc {acc}  ` +
          `{rate} images/s  {eta_formatted} left`,
        formatTime: clock,
        barsize: Math.min(Math.max(width, 8), 40),
        barCompleteChar: "█",
        barIncompleteChar: "░",
        etaBuffer: guessSteps,
        clearOnComplete: true,
        // A program that is stopped at once cannot turn wrapping on again.
        linewrap: true,
      }),
    );
  }

  /** Shows a step; draws no oftener than ten times a second. */
  show(step: StepResult): void {
    const { acc, epoch, epochs, imagesPerSecond, loss } = step;
    const payload: Payload = {
      epoch: `${String(epoch).padStart(String(epochs).length)}/${epochs}`,
      loss: meanText(loss),
      acc: meanText(acc),
      rate: String(Math.round(imagesPerSecond)),
    };
    if (this.#isDrawn) return this.#bar.update(step.rows, payload);
    this.#bar.start(step.totalRows, step.rows, payload);
    this.#isDrawn = true;
  }

  /** Takes the bar away, so that lines can be printed. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#bar.stop();
    this.#isDrawn = false;
  }

  /** Takes the bar away. */
  [Symbol.dispose](): void {
    this.clear();
  }
}

/** A mean, or `…` before the first reading of the device. */
function meanText(value: number): string {
  return Number.isNaN(value) ? "…" : value.toFixed(5);
}

/** Seconds as `42s`, `3m07s`, `2h05m`; a text is the library's "unknown". */
function clock(seconds: number | string): string {
  if (typeof seconds === "string") return "?";
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  }
  return `${Math.floor(seconds / 3600)}h${two(seconds % 3600 / 60)}m`;
}

/** A bar where people watch a terminal, if its library is there. */
export async function openBar(
  output: Output,
): Promise<ProgressBar | null> {
  if (!output.isForPeople || !Deno.stdout.isTerminal()) return null;
  try {
    return await ProgressBar.open();
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    output.note(`no progress bar: ${error.message}`);
    return null;
  }
}
