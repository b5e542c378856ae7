import { checkChoice } from "../../base/choices.ts";
import { describe } from "../../base/errors.ts";
import { checkOptions, definedOptions } from "../../base/options.ts";
import { printAsText } from "../../base/printing.ts";
import { pythonNumber } from "../../base/python_text.ts";
import { checkRange, type Optimizer } from "../optimizer.ts";
import { forEachGroup, pythonRates, ratesOf } from "./scheduler.ts";

/** How {@linkcode ReduceLROnPlateau} falls; the defaults are PyTorch's. */
export interface ReduceLROnPlateauOptions {
  /** Whether a metric is better that is lower, or higher. Default `"min"`. */
  mode?: "min" | "max";
  /** Factor of a fall, below 1. Default 0.1. */
  factor?: number;
  /** Steps without improvement that are put up with. Default 10. */
  patience?: number;
  /** Improvement that counts as one. Default 1e-4. */
  threshold?: number;
  /** Whether that is a share of the best metric, or a difference. Default `"rel"`. */
  thresholdMode?: "rel" | "abs";
  /** Steps after a fall in which no other is prepared. Default 0. */
  cooldown?: number;
  /** The lowest rate, or one for each group. Default 0. */
  minLr?: number | readonly number[];
  /** A fall by no more than this is left out. Default 1e-8. */
  eps?: number;
}

/** The state of a {@linkcode ReduceLROnPlateau}, plain values. */
export interface ReduceLROnPlateauState {
  /** Steps so far. */
  steps: number;
  /** The best metric so far, or null before the first. */
  best: number | null;
  /** Steps without improvement. */
  numBadEpochs: number;
  /** Steps until a fall is prepared again. */
  cooldownCounter: number;
}

const defaults: Required<ReduceLROnPlateauOptions> = {
  mode: "min",
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: "rel",
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
};

/**
 * Multiplies the learning rate by `factor` where a metric has stopped improving:
 * PyTorch's `ReduceLROnPlateau`.
 *
 * @example
 * ```ts
 * import { Linear, lrScheduler, openDevice, SGD } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
 * const schedule = new lrScheduler.ReduceLROnPlateau(optimizer, { patience: 1 });
 * for (const loss of [0.5, 0.4, 0.4, 0.41]) schedule.step(loss);
 * assertAlmostEquals(optimizer.lr, 0.01, 1e-12);
 * ```
 */
export class ReduceLROnPlateau {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly #optimizer: Optimizer;
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #minLrs: readonly number[];
  #state: ReduceLROnPlateauState = {
    steps: 0,
    best: null,
    numBadEpochs: 0,
    cooldownCounter: 0,
  };

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param mode What is better, a lower metric or a higher one; or options.
   * @param others When, and by how much, after a mode.
   * @throws {TypeError} If there is no option of a name, or no mode.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    optimizer: Optimizer,
    mode: "min" | "max" | ReduceLROnPlateauOptions = {},
    others: Omit<ReduceLROnPlateauOptions, "mode"> = {},
  ) {
    const what = "ReduceLROnPlateau";
    const options = typeof mode === "string" ? { mode, ...others } : mode;
    checkOptions(what, options, Object.keys(defaults));
    const all = { ...defaults, ...definedOptions(options) };
    checkChoice(`${what}: mode`, all.mode, ["min", "max"]);
    checkChoice(`${what}: thresholdMode`, all.thresholdMode, ["rel", "abs"]);
    checkRange(`${what}: factor`, all.factor, 0, 1);
    this.#options = all;
    this.#minLrs = forEachGroup(`${what}: minLr`, optimizer, all.minLr);
    this.#optimizer = optimizer;
  }

  /**
   * Compares a metric with the best one, and lowers the rates where it has not
   * improved for long.
   *
   * @param metric The loss of an epoch's validation, say.
   * @throws {TypeError} If it is no number, but a tensor for instance.
   */
  step(metric: number): void {
    if (typeof metric !== "number") throw noNumber(metric);
    const { cooldown, patience } = this.#options;
    const state = { ...this.#state, steps: this.#state.steps + 1 };
    if (this.#isBetter(metric)) {
      state.best = metric;
      state.numBadEpochs = 0;
    } else state.numBadEpochs++;
    if (state.cooldownCounter > 0) {
      state.cooldownCounter--;
      state.numBadEpochs = 0;
    }
    if (state.numBadEpochs > patience) {
      this.#reduce();
      state.cooldownCounter = cooldown;
      state.numBadEpochs = 0;
    }
    this.#state = state;
  }

  /** The learning rate that each group has now. */
  getLastLr(): number[] {
    return ratesOf(this.#optimizer);
  }

  /**
   * What the schedule must know to go on, beside its arguments and the
   * optimizer's rates.
   */
  stateDict(): ReduceLROnPlateauState {
    return { ...this.#state };
  }

  /** Goes on where {@linkcode ReduceLROnPlateau.stateDict} was called. */
  loadStateDict(state: ReduceLROnPlateauState): void {
    this.#state = { ...state };
  }

  /** Arguments and present state, by PyTorch's names. */
  toString(): string {
    const { factor, mode, patience } = this.#options;
    const parts = [
      `mode=${mode}`,
      `factor=${pythonNumber(factor)}`,
      `patience=${patience}`,
      `steps=${this.#state.steps}`,
      `lr=${pythonRates(this.getLastLr())}`,
    ];
    return `${this.constructor.name}(${parts.join(", ")})`;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const best = this.#state.best ?? -sign * Infinity;
    const bar = thresholdMode === "rel"
      ? best * (1 + sign * threshold)
      : best + sign * threshold;
    return mode === "min" ? metric < bar : metric > bar;
  }

  #reduce(): void {
    const { eps, factor } = this.#options;
    for (const [index, group] of this.#optimizer.paramGroups.entries()) {
      const lr = Math.max(group.lr * factor, this.#minLrs[index]);
      if (group.lr - lr > eps) group.lr = lr;
    }
  }
}

/** PyTorch reads a tensor at once; here only an `await` can. */
function noNumber(metric: unknown): TypeError {
  return new TypeError(describe({
    what: "ReduceLROnPlateau.step: metric",
    expected: "a number",
    got: metric === undefined ? "none" : String(metric),
    help: "Give the loss of an epoch: await loss.item().",
  }));
}
