import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";
import {
  checkSteps,
  LRScheduler,
  type ScheduleArguments,
  scheduleOptions,
} from "./scheduler.ts";

/** How {@linkcode CosineAnnealingLR} falls. */
export interface CosineAnnealingLROptions {
  /** Steps from the highest rate to the lowest. */
  tMax: number;
  /** The lowest rate. Default 0. */
  etaMin?: number;
}

/**
 * Lets the learning rate fall along half a cosine, and rise again after that
 * (Loshchilov and Hutter, "SGDR", 2017): PyTorch's `CosineAnnealingLR`.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.CosineAnnealingLR(optimizer, { tMax: 2 });
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0.05, 1e-12);
 * schedule.step();
 * assertAlmostEquals(optimizer.lr, 0, 1e-12);
 * ```
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly #tMax: number;
  readonly #etaMin: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param given How long, and down to where. By name, or as in PyTorch by
   * position.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   * @throws {RangeError} If `tMax` is no whole number of at least 1.
   */
  constructor(
    optimizer: Optimizer,
    ...given: ScheduleArguments<CosineAnnealingLROptions, "tMax", "etaMin">
  ) {
    super(optimizer);
    const options = scheduleOptions<CosineAnnealingLROptions>(
      "CosineAnnealingLR",
      given,
      [
        "tMax",
        "etaMin",
      ],
    );
    checkSteps("CosineAnnealingLR: tMax", options.tMax);
    this.#tMax = options.tMax;
    this.#etaMin = options.etaMin ?? 0;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const etaMin = pythonNumber(this.#etaMin);
    return [`T_max=${this.#tMax}`, `eta_min=${etaMin}`];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number): number {
    const share = (1 + Math.cos(Math.PI * steps / this.#tMax)) / 2;
    return this.#etaMin + (baseLr - this.#etaMin) * share;
  }

  /** Its factors are of the distance from `etaMin`. */
  protected override get fixedPoint(): number {
    return this.#etaMin;
  }
}
