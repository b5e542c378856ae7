import { checkChoice } from "../../base/choices.ts";
import { checkOptions } from "../../base/options.ts";
import type { Optimizer } from "../optimizer.ts";
import {
  checkBetween,
  checkSteps,
  forEachGroup,
  LRScheduler,
  pythonRates,
} from "./scheduler.ts";

/** How {@linkcode OneCycleLR} goes; the defaults are PyTorch's. */
export interface OneCycleLROptions {
  /** The highest rate, or one for each group. */
  maxLr: number | readonly number[];
  /** Steps of the whole training. Default `epochs · stepsPerEpoch`. */
  totalSteps?: number;
  /** Epochs of the training, where `totalSteps` is not given. */
  epochs?: number;
  /** Steps of an epoch, where `totalSteps` is not given. */
  stepsPerEpoch?: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  pctStart?: number;
  /** Along half a cosine, or a line. Default `"cos"`. */
  annealStrategy?: "cos" | "linear";
  /** The first rate is `maxLr / divFactor`. Default 25. */
  divFactor?: number;
  /** The last rate is the first one divided by this. Default 1e4. */
  finalDivFactor?: number;
  /** Whether the rate falls as fast as it rose, and then further. Default false. */
  threePhase?: boolean;
}

/** A stretch of steps, up to `end`, in which the rate goes up or down. */
interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

const names = [
  "maxLr",
  "totalSteps",
  "epochs",
  "stepsPerEpoch",
  "pctStart",
  "annealStrategy",
  "divFactor",
  "finalDivFactor",
  "threePhase",
];

/**
 * Lets the learning rate rise and then fall far below where it began (Smith and
 * Topin, "Super-Convergence", 2019): PyTorch's `OneCycleLR` with
 * `cycle_momentum=False`. After `totalSteps` the rate stays.
 *
 * @example
 * ```ts
 * import { Adam, Linear, lrScheduler, openDevice } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1).to(device);
 * const optimizer = new Adam(model.parameters(), { lr: 0.1 });
 * const totalSteps = 10;
 * const schedule = new lrScheduler.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps });
 * assertAlmostEquals(optimizer.lr, 0.004, 1e-12);
 * schedule.steps = 2;
 * assertAlmostEquals(optimizer.lr, 0.1, 1e-12);
 * schedule.steps = 9;
 * assertAlmostEquals(optimizer.lr, 4e-7, 1e-12);
 * ```
 */
export class OneCycleLR extends LRScheduler {
  readonly #maxLrs: readonly number[];
  readonly #totalSteps: number;
  readonly #anneal: (from: number, to: number, share: number) => number;
  readonly #phases: readonly (readonly Phase[])[];

  /**
   * Checks and keeps the arguments.
   *
   * @param optimizer Whose learning rates they are.
   * @param options How long, and how high.
   * @throws {TypeError} If an option is missing, or there is none of its name.
   * @throws {RangeError} If the steps are no whole number of at least 1, or an
   * option is out of range.
   */
  constructor(optimizer: Optimizer, options: OneCycleLROptions) {
    super(optimizer);
    checkOptions("OneCycleLR", options, names, ["maxLr"]);
    const { annealStrategy = "cos", maxLr } = options;
    const known = Object.keys(strategies);
    checkChoice("OneCycleLR: annealStrategy", annealStrategy, known);
    this.#anneal = strategies[annealStrategy];
    this.#totalSteps = totalSteps(options);
    this.#maxLrs = forEachGroup("OneCycleLR: maxLr", optimizer, maxLr);
    this.#phases = this.#maxLrs.map((rate) =>
      phasesOf(rate, this.#totalSteps, options)
    );
    this.steps = 0;
  }

  /** The arguments by PyTorch's names. */
  protected override representation(): string[] {
    const maxLr = pythonRates(this.#maxLrs);
    return [`max_lr=${maxLr}`, `total_steps=${this.#totalSteps}`];
  }

  /** The learning rate after so many steps. */
  override at(steps: number, _baseLr: number, group: number): number {
    let start = 0;
    for (const { end, from, to } of this.#phases[group]) {
      if (steps <= end && end > start) {
        return this.#anneal(from, to, (steps - start) / (end - start));
      }
      start = end;
    }
    return this.#phases[group].at(-1)!.to;
  }
}

const strategies = {
  /** Half a cosine from one value to the other. */
  cos: (from: number, to: number, share: number) =>
    to + (from - to) / 2 * (1 + Math.cos(Math.PI * share)),
  linear: (from: number, to: number, share: number) =>
    from + (to - from) * share,
};

function phasesOf(
  maxLr: number,
  steps: number,
  options: OneCycleLROptions,
): Phase[] {
  const { divFactor = 25, finalDivFactor = 1e4, pctStart = 0.3 } = options;
  checkBetween("OneCycleLR: pctStart", pctStart, 0, 1);
  const first = maxLr / divFactor;
  const last = first / finalDivFactor;
  const top = pctStart * steps - 1;
  const rise = { end: top, from: first, to: maxLr };
  if (options.threePhase !== true) {
    return [rise, { end: steps - 1, from: maxLr, to: last }];
  }
  return [
    rise,
    { end: 2 * top, from: maxLr, to: first },
    { end: steps - 1, from: first, to: last },
  ];
}

function totalSteps(options: OneCycleLROptions): number {
  const { epochs, stepsPerEpoch, totalSteps } = options;
  if (totalSteps !== undefined || (epochs ?? stepsPerEpoch) === undefined) {
    checkOptions("OneCycleLR", options, names, ["maxLr", "totalSteps"]);
    checkSteps("OneCycleLR: totalSteps", totalSteps!);
    return totalSteps!;
  }
  for (const name of ["epochs", "stepsPerEpoch"] as const) {
    checkOptions("OneCycleLR", options, names, ["maxLr", name]);
    checkSteps(`OneCycleLR: ${name}`, options[name]!);
  }
  return epochs! * stepsPerEpoch!;
}
