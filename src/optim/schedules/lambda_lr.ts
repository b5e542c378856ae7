import type { Optimizer } from "../optimizer.ts";
import {
  forEachGroup,
  LRScheduler,
  type ScheduleArguments,
  scheduleOptions,
} from "./scheduler.ts";

/** How {@linkcode LambdaLR} goes. */
export interface LambdaLROptions {
  /** The factor of the first rate after so many steps, or one for each group. */
  lrLambda:
    | ((steps: number) => number)
    | readonly ((steps: number) => number)[];
}

/**
 * Multiplies the first learning rate by what a function makes of the number of
 * steps: PyTorch's `LambdaLR`.
 *
 * @example
 * ```ts
 * import { Linear, lrScheduler, openDevice, SGD } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.LambdaLR(optimizer, {
 *   lrLambda: (steps) => 1 / (1 + steps),
 * });
 * schedule.steps = 3;
 * assertAlmostEquals(optimizer.lr, 0.025, 1e-12);
 * ```
 */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly ((steps: number) => number)[];

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param given The function, or one for each group. By name, or as in PyTorch by
   * position.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   * @throws {RangeError} If there are more or fewer functions than groups.
   */
  constructor(
    optimizer: Optimizer,
    ...given: ScheduleArguments<LambdaLROptions, "lrLambda">
  ) {
    super(optimizer);
    const options = scheduleOptions<LambdaLROptions>("LambdaLR", given, [
      "lrLambda",
    ]);
    const what = "LambdaLR: lrLambda";
    this.#lambdas = forEachGroup(what, optimizer, options.lrLambda);
    this.steps = 0;
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number, group: number): number {
    return baseLr * this.#lambdas[group](steps);
  }
}
