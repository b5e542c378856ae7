import { describe, StateDictError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { printAsText } from "../../base/printing.ts";
import { pythonNumber } from "../../base/python_text.ts";
import type { Optimizer } from "../optimizer.ts";

/** The learning rates that each optimizer had before its first schedule. */
const initialRates = new WeakMap<Optimizer, readonly number[]>();

/** The state of a schedule, plain values. */
export interface LRSchedulerState {
  /** Steps so far. */
  steps: number;
  /** The rate of each group before the first schedule. */
  baseLrs: readonly number[];
  /** The rate of each group. Default: what follows from the number of steps. */
  lastLrs?: readonly number[];
}

/**
 * Learning rates that change from step to step, those of all groups of an
 * optimizer. Call {@linkcode LRScheduler.step} after `optimizer.step()`. A rate
 * is a number on the device, so that captured steps follow it.
 *
 * Schedules of one optimizer may be stepped one after another: as in PyTorch each
 * goes on from the rate that it finds, so that their factors multiply. The same
 * holds of a rate that a program has set.
 */
export abstract class LRScheduler {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly #optimizer: Optimizer;
  #baseLrs: readonly number[];
  #steps = 0;
  #hasBegun = false;

  /**
   * Keeps the arguments. A subclass ends its constructor with
   * `this.steps = 0`, which gives the optimizer its first rates.
   *
   * @param optimizer Whose learning rates they are.
   */
  constructor(optimizer: Optimizer) {
    const baseLrs = initialRates.get(optimizer) ?? ratesOf(optimizer);
    initialRates.set(optimizer, baseLrs);
    this.#baseLrs = baseLrs;
    this.#optimizer = optimizer;
  }

  /** The rate of each group before its first schedule, as in PyTorch. */
  get baseLrs(): readonly number[] {
    return this.#baseLrs;
  }

  /**
   * The learning rate of a group after so many steps.
   *
   * @param steps Steps of this schedule.
   * @param baseLr The group's rate before its first schedule.
   * @param group The group's number.
   */
  abstract at(steps: number, baseLr: number, group: number): number;

  /**
   * The rate that the factors of a schedule leave as it is: 0, or the least that
   * they lead to. null where rates follow from the number of steps alone.
   */
  protected get fixedPoint(): number | null {
    return null;
  }

  /**
   * The learning rate of a group after so many steps, where it was `lr` before the
   * last one: a rate that this schedule need not have given. A schedule of factors
   * changes the distance from {@linkcode LRScheduler.fixedPoint} by the factor by
   * which its own rate's changes. Never below 0, where PyTorch's may come of a rate
   * below the least. Others give that of {@linkcode LRScheduler.at}.
   *
   * @param steps Steps of this schedule.
   * @param lr The group's rate now.
   * @param baseLr The group's rate before its first schedule.
   * @param group The group's number.
   */
  after(steps: number, lr: number, baseLr: number, group: number): number {
    const own = this.at(steps, baseLr, group);
    const { fixedPoint } = this;
    if (fixedPoint === null) return own;
    const before = steps === 0 ? baseLr : this.at(steps - 1, baseLr, group);
    if (own === before) return lr;
    if (lr === before) return own;
    const rate = before === fixedPoint ? lr + own - before : fixedPoint +
      (lr - fixedPoint) * ((own - fixedPoint) / (before - fixedPoint));
    return Math.max(0, rate);
  }

  /** Steps so far. Setting it goes to that place, as after a resumption. */
  get steps(): number {
    return this.#steps;
  }

  set steps(steps: number) {
    if (!this.#hasBegun && steps === 0) this.#go(0);
    else this.#set(steps, (index) => this.#own(steps, index));
  }

  /** Gives the optimizer its next learning rates. */
  step(): void {
    this.#go(this.#steps + 1);
  }

  #own(steps: number, index: number): number {
    return this.at(steps, this.#baseLrs[index], index);
  }

  /** Goes to the next place from the rates that there are. */
  #go(steps: number): void {
    this.#set(
      steps,
      (index, lr) => this.after(steps, lr, this.#baseLrs[index], index),
    );
  }

  #set(steps: number, lrOf: (index: number, lr: number) => number): void {
    for (const [index, group] of this.#optimizer.paramGroups.entries()) {
      const lr = lrOf(index, group.lr);
      if (lr !== group.lr) group.lr = lr;
    }
    this.#steps = steps;
    this.#hasBegun = true;
  }

  /** The learning rate that each group has now. */
  getLastLr(): number[] {
    return ratesOf(this.#optimizer);
  }

  /** What the schedule must know to go on, beside its arguments. */
  stateDict(): LRSchedulerState {
    const lastLrs = this.getLastLr();
    return { steps: this.#steps, baseLrs: this.#baseLrs, lastLrs };
  }

  /**
   * Goes on where {@linkcode LRScheduler.stateDict} was called.
   *
   * @throws {StateDictError} If the optimizer has another number of groups.
   */
  loadStateDict({ baseLrs, lastLrs, steps }: LRSchedulerState): void {
    if (baseLrs.length !== this.#baseLrs.length) {
      throw new StateDictError(describe({
        what: `state of a ${this.constructor.name}`,
        expected: `${this.#baseLrs.length} rates, one for each group`,
        got: String(baseLrs.length),
        help: "Load it with an optimizer that has the same groups.",
      }));
    }
    this.#baseLrs = [...baseLrs];
    this.#set(steps, (index) => lastLrs?.[index] ?? this.#own(steps, index));
  }

  /** The schedule's arguments in the printed text; a subclass lists its own. */
  protected representation(): string[] {
    return [];
  }

  /** Arguments and present state: `StepLR(step_size=3, gamma=0.1, steps=4, lr=0.01)`. */
  toString(): string {
    const rates = pythonRates(this.getLastLr());
    const state = [`steps=${this.steps}`, `lr=${rates}`];
    const parts = [...this.representation(), ...state];
    return `${this.constructor.name}(${parts.join(", ")})`;
  }
}

/** The learning rate of each group. */
export function ratesOf({ paramGroups }: Optimizer): number[] {
  return paramGroups.map(({ lr }) => lr);
}

/** A rate, or a list of several, as Python prints them. */
export function pythonRates(rates: readonly number[]): string {
  const [first, ...others] = rates.map(pythonNumber);
  return others.length === 0 ? first : `[${[first, ...others].join(", ")}]`;
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

/** Throws unless a number lies in its range. */
export function checkBetween(
  what: string,
  value: number,
  low: number,
  high: number,
): void {
  if (value >= low && value <= high) return;
  throw new RangeError(describe({
    what,
    expected: `a number from ${low} to ${high}`,
    got: String(value),
    help: "Use PyTorch's default by leaving it out.",
  }));
}

/**
 * A value for each group: one that is given for all, or one each.
 *
 * @throws {RangeError} If there are more or fewer than groups.
 */
export function forEachGroup<T>(
  what: string,
  { paramGroups }: Optimizer,
  value: T | readonly T[],
): readonly T[] {
  if (!Array.isArray(value)) return paramGroups.map(() => value as T);
  if (value.length === paramGroups.length) return value;
  throw new RangeError(describe({
    what,
    expected: `${paramGroups.length}, one for each group of parameters`,
    got: String(value.length),
    help: "Give one for each group, or one for all.",
  }));
}

/**
 * The arguments of a schedule after the optimizer: options, or the first one or
 * two by position, as PyTorch has them, and the others as options.
 */
export type ScheduleArguments<
  Options extends object,
  First extends keyof Options,
  Second extends keyof Options = never,
> =
  | [options: Options]
  | [first: Options[First], second?: Options[Second] | Omit<Options, First>];

/**
 * The options of a schedule, checked.
 *
 * @param names In PyTorch's order; the first one has no default.
 * @throws {TypeError} If it is missing, or there is an option of another name.
 */
export function scheduleOptions<Options extends object>(
  what: string,
  given: readonly unknown[],
  names: readonly [keyof Options & string, ...string[]],
): Options {
  const isPosition = (one: unknown) =>
    one !== undefined && (typeof one !== "object" || Array.isArray(one));
  const positions = given.filter(isPosition);
  const named = given[positions.length];
  const options = positions.length === 0 ? named as Options : {
    ...Object.fromEntries(positions.map((one, at) => [names[at], one])),
    ...named as object,
  } as Options;
  const untyped = options as Record<string, unknown>;
  checkOptions<Record<string, unknown>>(what, untyped, names, [names[0]]);
  return options;
}
