import { describe } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import type { Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/** The parts of a {@linkcode SequentialLR}. */
export interface SequentialLROptions {
  /** The schedules, one after another, all of the same optimizer. */
  schedulers: readonly LRScheduler[];
  /** The steps at which the second, third, … begins. */
  milestones: readonly number[];
}

/**
 * Schedules one after another, each from its own beginning: a warm-up and what
 * follows it. PyTorch's `SequentialLR`.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const warmUp = new lrScheduler.LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * const fall = new lrScheduler.CosineAnnealingLR(optimizer, { tMax: 10 });
 * const schedule = new lrScheduler.SequentialLR(optimizer, {
 *   schedulers: [warmUp, fall],
 *   milestones: [2],
 * });
 * assertAlmostEquals(optimizer.lr, 0.05, 1e-12);
 * schedule.steps = 2;
 * assertAlmostEquals(optimizer.lr, 0.1, 1e-12);
 * ```
 */
export class SequentialLR extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[];
  readonly #milestones: readonly number[];

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param options The schedules, and when each begins.
   * @throws {TypeError} If an option is missing, there is none of its name, or a
   * part is a `ReduceLROnPlateau`.
   * @throws {RangeError} If there is not one milestone between every two.
   */
  constructor(optimizer: Optimizer, options: SequentialLROptions) {
    super(optimizer);
    const names = ["schedulers", "milestones"] as const;
    checkOptions("SequentialLR", options, names, names);
    const { milestones, schedulers } = options;
    if (milestones.length !== schedulers.length - 1) {
      throw new RangeError(describe({
        what: "SequentialLR: milestones",
        expected: `${schedulers.length - 1}, one between every two schedules`,
        got: String(milestones.length),
        help: "Give the step at which each but the first begins.",
      }));
    }
    for (const one of schedulers) checkPart(one);
    this.#schedulers = schedulers;
    this.#milestones = milestones;
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const names = this.#schedulers.map((one) => one.constructor.name);
    const milestones = this.#milestones.join(", ");
    return [
      `schedulers=[${names.join(", ")}]`,
      `milestones=[${milestones}]`,
    ];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, baseLr: number, group: number): number {
    const [part, own] = this.#partAt(steps);
    return part.at(own, baseLr, group);
  }

  /** The same from a rate of another's: each part begins with its own. */
  override after(
    steps: number,
    lr: number,
    baseLr: number,
    group: number,
  ): number {
    const [part, own] = this.#partAt(steps);
    return own === 0
      ? part.at(0, baseLr, group)
      : part.after(own, lr, baseLr, group);
  }

  /** The schedule that holds, and its steps. */
  #partAt(steps: number): [part: LRScheduler, steps: number] {
    const index = this.#milestones.filter((start) => steps >= start).length;
    const start = index === 0 ? 0 : this.#milestones[index - 1];
    return [this.#schedulers[index], steps - start];
  }
}

/** Refuses what depends on more than the number of steps. */
function checkPart(part: unknown): void {
  if (part instanceof LRScheduler) return;
  throw new TypeError(describe({
    what: "SequentialLR: schedulers",
    expected: "schedules whose rates follow from the number of steps",
    got: part instanceof Object ? `a ${part.constructor.name}` : String(part),
    help: "A ReduceLROnPlateau is stepped by itself, with its metric.",
  }));
}
