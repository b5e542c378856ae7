import { describe } from "../../base/errors.ts";
import { printAsText } from "../../base/printing.ts";
import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";

/** The learning rate that each optimizer had before its first schedule. */
const initialRates = new WeakMap<Optimizer, number>();

/**
 * A learning rate that changes from step to step. Call
 * {@linkcode LRScheduler.step} after `optimizer.step()`. The rate is a number
 * on the device, so that captured steps follow it.
 */
export abstract class LRScheduler {
  static {
    printAsText(this.prototype);
  }

  /** The optimizer's rate before its first schedule, as in PyTorch. */
  readonly baseLr: number;
  readonly #optimizer: Optimizer;
  #steps = 0;

  /**
   * Keeps the arguments. A subclass ends its constructor with
   * `this.steps = 0`, which gives the optimizer its first rate.
   *
   * @param optimizer Whose learning rate it is.
   */
  constructor(optimizer: Optimizer) {
    const baseLr = initialRates.get(optimizer) ?? optimizer.lr;
    initialRates.set(optimizer, baseLr);
    this.baseLr = baseLr;
    this.#optimizer = optimizer;
  }

  /** The learning rate after so many steps. */
  abstract at(steps: number): number;

  /** Steps so far. Setting it goes to that place, as after a resumption. */
  get steps(): number {
    return this.#steps;
  }

  set steps(steps: number) {
    const lr = this.at(steps);
    if (lr !== this.#optimizer.lr) this.#optimizer.lr = lr;
    this.#steps = steps;
  }

  /** Gives the optimizer its next learning rate. */
  step(): void {
    this.steps = this.#steps + 1;
  }

  /** The schedule's arguments in the printed text; a subclass lists its own. */
  protected representation(): string[] {
    return [];
  }

  /** Arguments and present state: `StepLR(step_size=3, gamma=0.1, steps=4, lr=0.01)`. */
  toString(): string {
    const state = [`steps=${this.steps}`, `lr=${pythonNumber(this.lastLr)}`];
    const parts = [...this.representation(), ...state];
    return `${this.constructor.name}(${parts.join(", ")})`;
  }

  /** The learning rate that the optimizer has now. */
  get lastLr(): number {
    return this.#optimizer.lr;
  }
}

/** Throws unless a count of steps is a whole number of at least 1. */
export function checkSteps(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(describe({
    what,
    expected: "a whole number of at least 1",
    got: String(value),
    help: "Give a number of steps, `loader.length` for an epoch.",
  }));
}
