import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";
import {
  checkSteps,
  LRScheduler,
  type ScheduleArguments,
  scheduleOptions,
} from "./scheduler.ts";

/** How {@linkcode StepLR} falls. */
export interface StepLROptions {
  /** Steps between two falls. */
  stepSize: number;
  /** Factor of a fall. Default 0.1. */
  gamma?: number;
}

/**
 * Multiplies the learning rate by `gamma` after every `stepSize` steps:
 * PyTorch's `StepLR`.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.StepLR(optimizer, 2, { gamma: 0.1 });
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0.1, 1e-12);
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0.01, 1e-12);
 * ```
 */
export class StepLR extends LRScheduler {
  readonly #stepSize: number;
  readonly #gamma: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param given When, and by how much. By name, or as in PyTorch by
   * position.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   * @throws {RangeError} If `stepSize` is no whole number of at least 1.
   */
  constructor(
    optimizer: Optimizer,
    ...given: ScheduleArguments<StepLROptions, "stepSize", "gamma">
  ) {
    super(optimizer);
    const options = scheduleOptions<StepLROptions>("StepLR", given, [
      "stepSize",
      "gamma",
    ]);
    checkSteps("StepLR: stepSize", options.stepSize);
    this.#stepSize = options.stepSize;
    this.#gamma = options.gamma ?? 0.1;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const gamma = pythonNumber(this.#gamma);
    return [`step_size=${this.#stepSize}`, `gamma=${gamma}`];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number): number {
    return baseLr * this.#gamma ** Math.floor(steps / this.#stepSize);
  }

  /** Its factors are of the rate. */
  protected override get fixedPoint(): number {
    return 0;
  }
}
