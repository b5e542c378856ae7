import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";
import {
  LRScheduler,
  type ScheduleArguments,
  scheduleOptions,
} from "./scheduler.ts";

/** How {@linkcode ExponentialLR} falls. */
export interface ExponentialLROptions {
  /** Factor of every step. */
  gamma: number;
}

/**
 * Multiplies the learning rate by `gamma` at every step: PyTorch's
 * `ExponentialLR`.
 *
 * @example
 * ```ts
 * import { Linear, lrScheduler, openDevice, SGD } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.ExponentialLR(optimizer, { gamma: 0.9 });
 * schedule.steps = 2;
 * assertAlmostEquals(optimizer.lr, 0.081, 1e-12);
 * ```
 */
export class ExponentialLR extends LRScheduler {
  readonly #gamma: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param given By how much. By name, or as in PyTorch by
   * position.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   */
  constructor(
    optimizer: Optimizer,
    ...given: ScheduleArguments<ExponentialLROptions, "gamma">
  ) {
    super(optimizer);
    const options = scheduleOptions<ExponentialLROptions>(
      "ExponentialLR",
      given,
      ["gamma"],
    );
    this.#gamma = options.gamma;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    return [`gamma=${pythonNumber(this.#gamma)}`];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number): number {
    return baseLr * this.#gamma ** steps;
  }

  /** Its factors are of the rate. */
  protected override get fixedPoint(): number {
    return 0;
  }
}
