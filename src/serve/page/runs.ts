import type { Progress, TrainingSettings } from "../engine/protocol.ts";
import type { Point } from "../chart/curve.ts";
import { type Curve, type Drawing, drawInto } from "../chart/drawing.ts";
import { element, made, type PageElement } from "./dom.ts";

/** How many trainings are drawn over each other. */
const mostRuns = 4;

/** A training of this page. */
interface Run {
  /** Its number, which is its colour. */
  readonly run: number;
  readonly name: string;
  readonly cells: readonly PageElement[];
  readonly row: PageElement;
  readonly progress: Progress[];
}

/** The curves of the trainings of this page, over each other, and their numbers. */
export class Runs {
  readonly #runs: Run[] = [];
  #count = 0;

  /** Draws anew when the page gets another width. */
  constructor() {
    globalThis.addEventListener("resize", () => this.#draw());
  }

  /** A new training; where there are many, the oldest goes. */
  begin({ batchSize, lr, network }: TrainingSettings): void {
    const run = this.#count++ % mostRuns;
    const name = `${network}, rate ${lr}, batch ${batchSize}`;
    const swatch = made("span", `swatch run-${run}`);
    const head = made("th", "", swatch, ` ${name}`);
    head.setAttribute("scope", "row");
    const cells = ["0", "–", "–", "–"].map((text) => made("td", "", text));
    const row = made("tr", "", head, ...cells);
    this.#runs.push({ run, name, cells, row, progress: [] });
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
    this.#draw();
  }

  #draw(): void {
    if (this.#runs.length === 0) return;
    this.#drawChart("loss", "high", ({ loss }) => loss, () => null);
    this.#drawChart(
      "accuracy",
      "low",
      ({ accuracy }) => 100 * accuracy,
      ({ heldOut }) => heldOut === null ? null : 100 * heldOut,
    );
  }

  #drawChart(
    id: string,
    worst: "high" | "low",
    valueOf: (progress: Progress) => number,
    measuredOf: (progress: Progress) => number | null,
  ): void {
    const curves = this.#runs.map(({ name, progress, run }): Curve => ({
      ...{ run, name, steps: [] },
      smooth: progress.map((one) => [one.step, valueOf(one)] as const),
      measured: progress.map((one) => [one.step, measuredOf(one)] as const)
        .filter((point): point is Point => point[1] !== null),
    }));
    drawInto(element<Drawing>(id), curves, { right: 10, worst, at: null });
  }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
