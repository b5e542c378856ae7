import type { Progress, TrainingSettings } from "../engine/protocol.ts";
import { drawChart, type Line, swatch } from "./chart.ts";
import { element, made, type PageElement } from "./dom.ts";

/** How many trainings are drawn over each other. */
const mostRuns = 4;

/** A training of this page. */
interface Run {
  readonly className: string;
  readonly cells: readonly PageElement[];
  readonly row: PageElement;
  readonly progress: Progress[];
}

/** The curves of the trainings of this page, over each other, and their numbers. */
export class Runs {
  readonly #runs: Run[] = [];
  #count = 0;

  /** A new training; where there are many, the oldest goes. */
  begin({ batchSize, lr, network }: TrainingSettings): void {
    const className = `run${this.#count++ % mostRuns}`;
    const head = made(
      "th",
      "",
      swatch(className),
      ` ${network}, rate ${lr}, batch ${batchSize}`,
    );
    head.setAttribute("scope", "row");
    const cells = ["0", "–", "–", "–"].map((text) => made("td", "", text));
    const row = made("tr", "", head, ...cells);
    this.#runs.push({ className, cells, row, progress: [] });
    if (this.#runs.length > mostRuns) this.#runs.shift();
    element("runs").replaceChildren(...this.#runs.map(({ row }) => row));
    element("curves").hidden = false;
  }

  /** Adds to the last training. */
  add(progress: Progress): void {
    const run = this.#runs.at(-1)!;
    run.progress.push(progress);
    const [step, loss, accuracy, heldOut] = run.cells;
    step.textContent = `${progress.step} of ${progress.steps}`;
    loss.textContent = progress.loss.toFixed(4);
    accuracy.textContent = percent(progress.accuracy);
    if (progress.heldOut !== null) {
      heldOut.textContent = percent(progress.heldOut);
    }
    drawChart("loss", this.#lines(({ loss }) => loss), undefined, String);
    drawChart(
      "accuracy",
      this.#lines(({ accuracy }) => accuracy),
      1,
      (value) => `${100 * value} %`,
    );
  }

  #lines(valueOf: (progress: Progress) => number): Line[] {
    return this.#runs.map(({ className, progress }) => ({
      className,
      points: progress.map((one) => [one.step, valueOf(one)] as const),
    }));
  }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
