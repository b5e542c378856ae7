import { element } from "./dom.ts";
import type { Progress } from "./training.ts";

/** The curves of a training, in a picture 100 wide and 100 high. */
export class Curves {
  readonly #progress: Progress[] = [];

  /** Adds a point to both curves. */
  add(progress: Progress): void {
    this.#progress.push(progress);
    const all = this.#progress;
    const highest = Math.max(...all.map(({ loss }) => loss));
    draw("loss-curve", all, ({ loss }) => loss / highest);
    draw("accuracy-curve", all, ({ accuracy }) => accuracy);
    const { accuracy, loss, step, steps } = progress;
    const text = `step ${step} of ${steps}`;
    element("step").textContent = text;
    element("loss").textContent = loss.toFixed(4);
    element("accuracy").textContent = `${(100 * accuracy).toFixed(1)} %`;
  }
}

function draw(
  id: string,
  all: readonly Progress[],
  heightOf: (progress: Progress) => number,
): void {
  const last = all[all.length - 1].step;
  const points = all.map((progress) =>
    `${(100 * progress.step / last).toFixed(2)},` +
    `${(100 - 100 * heightOf(progress)).toFixed(2)}`
  );
  element(id).setAttribute("points", points.join(" "));
}
