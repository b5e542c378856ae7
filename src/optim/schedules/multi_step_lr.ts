import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";
import {
  LRScheduler,
  type ScheduleArguments,
  scheduleOptions,
} from "./scheduler.ts";

/** How {@linkcode MultiStepLR} falls. */
export interface MultiStepLROptions {
  /** The steps at which the rate falls; it falls twice at one that is twice there. */
  milestones: readonly number[];
  /** Factor of a fall. Default 0.1. */
  gamma?: number;
}

/**
 * Multiplies the learning rate by `gamma` at every milestone: PyTorch's
 * `MultiStepLR`.
 *
 * @example
 * ```ts
 * import { Linear, lrScheduler, openDevice, SGD } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
 * const milestones = [30, 80];
 * const schedule = new lrScheduler.MultiStepLR(optimizer, { milestones });
 * schedule.steps = 79;
 * assertAlmostEquals(optimizer.lr, 0.01, 1e-12);
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0.001, 1e-12);
 * ```
 */
export class MultiStepLR extends LRScheduler {
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param given When, and by how much. By name, or as in PyTorch by
   * position.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   */
  constructor(
    optimizer: Optimizer,
    ...given: ScheduleArguments<MultiStepLROptions, "milestones", "gamma">
  ) {
    super(optimizer);
    const options = scheduleOptions<MultiStepLROptions>("MultiStepLR", given, [
      "milestones",
      "gamma",
    ]);
    this.#milestones = [...options.milestones];
    this.#gamma = options.gamma ?? 0.1;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const milestones = this.#milestones.join(", ");
    return [
      `milestones=[${milestones}]`,
      `gamma=${pythonNumber(this.#gamma)}`,
    ];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number): number {
    const falls = this.#milestones.filter((start) => steps >= start).length;
    return baseLr * this.#gamma ** falls;
  }

  /** Its factors are of the rate. */
  protected override get fixedPoint(): number {
    return 0;
  }
}
