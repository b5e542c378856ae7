import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";
import { checkSteps, LRScheduler } from "./scheduler.ts";

/** How {@linkcode OneCycleLR} goes; the defaults are PyTorch's. */
export interface OneCycleLROptions {
  /** The highest rate. */
  maxLr: number;
  /** Steps of the whole training. */
  totalSteps: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  pctStart?: number;
  /** The first rate is `maxLr / divFactor`. Default 25. */
  divFactor?: number;
  /** The last rate is the first one divided by this. Default 1e4. */
  finalDivFactor?: number;
}

/**
 * Lets the learning rate rise and then fall far below where it began, both along
 * half a cosine (Smith and Topin, "Super-Convergence", 2019): PyTorch's
 * `OneCycleLR` with `cycle_momentum=False`. After `totalSteps` the rate stays.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const totalSteps = 10;
 * const schedule = new lrScheduler.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps });
 * assertAlmostEquals(optimizer.lr, 0.004, 1e-12);
 * schedule.steps = 2;
 * assertAlmostEquals(optimizer.lr, 0.1, 1e-12);
 * schedule.steps = 9;
 * assertAlmostEquals(optimizer.lr, 4e-7, 1e-12);
 * ```
 */
export class OneCycleLR extends LRScheduler {
  readonly #options: Required<OneCycleLROptions>;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rate it is.
   * @param options How long, and how high.
   * @throws {RangeError} If `totalSteps` is no whole number of at least 1.
   */
  constructor(optimizer: Optimizer, options: OneCycleLROptions) {
    super(optimizer);
    checkSteps("OneCycleLR: totalSteps", options.totalSteps);
    const defaults = { pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4 };
    this.#options = { ...defaults, ...options };
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const { maxLr, totalSteps } = this.#options;
    return [`max_lr=${pythonNumber(maxLr)}`, `total_steps=${totalSteps}`];
  }

  /** The learning rate after so many steps. */
  override at(steps: number): number {
    const { divFactor, finalDivFactor, maxLr, pctStart, totalSteps } =
      this.#options;
    const first = maxLr / divFactor;
    const top = Math.max(0, pctStart * totalSteps - 1);
    const end = totalSteps - 1;
    if (steps < top) return between(first, maxLr, steps / top);
    if (steps >= end) return first / finalDivFactor;
    return between(maxLr, first / finalDivFactor, (steps - top) / (end - top));
  }
}

/** Half a cosine from one value to the other. */
function between(start: number, end: number, share: number): number {
  return end + (start - end) / 2 * (1 + Math.cos(Math.PI * share));
}
