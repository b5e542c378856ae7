import { pythonNumber } from "../../base/python_text.ts";
import { checkOptions } from "../../base/options.ts";
import type { Optimizer } from "../optimizer.ts";
import { checkBetween, checkSteps, LRScheduler } from "./scheduler.ts";

/** How {@linkcode LinearLR} goes. */
export interface LinearLROptions {
  /** Factor of the first rate. Default 1/3. */
  startFactor?: number;
  /** Factor of the last rate. Default 1. */
  endFactor?: number;
  /** Steps from the one to the other. Default 5. */
  totalIters?: number;
}

/**
 * Lets the learning rate go from one factor to another in even steps: a warm-up.
 * PyTorch's `LinearLR`.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * assertAlmostEquals(optimizer.lr, 0.05, 1e-12);
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0.075, 1e-12);
 * ```
 */
export class LinearLR extends LRScheduler {
  readonly #start: number;
  readonly #end: number;
  readonly #totalIters: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param options How long, from where to where.
   * @throws {TypeError} If there is no option of a name.
   * @throws {RangeError} If `totalIters` is no whole number of at least 1, or a
   * factor is not from 0 to 1.
   */
  constructor(optimizer: Optimizer, options: LinearLROptions = {}) {
    super(optimizer);
    const names = ["startFactor", "endFactor", "totalIters"];
    checkOptions("LinearLR", options, names);
    const { endFactor = 1, startFactor = 1 / 3, totalIters = 5 } = options;
    checkBetween("LinearLR: startFactor", startFactor, 0, 1);
    checkBetween("LinearLR: endFactor", endFactor, 0, 1);
    checkSteps("LinearLR: totalIters", totalIters);
    this.#start = startFactor;
    this.#end = endFactor;
    this.#totalIters = totalIters;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    return [
      `start_factor=${pythonNumber(this.#start)}`,
      `end_factor=${pythonNumber(this.#end)}`,
      `total_iters=${this.#totalIters}`,
    ];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number): number {
    const share = Math.min(1, steps / this.#totalIters);
    return baseLr * (this.#start + (this.#end - this.#start) * share);
  }

  /** Its factors are of the rate. */
  protected override get fixedPoint(): number {
    return 0;
  }
}
