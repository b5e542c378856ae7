import {
  CosineAnnealingLR,
  LinearLR,
  LRScheduler,
  OneCycleLR,
  SequentialLR,
  StepLR,
} from "../optim/schedules/mod.ts";
import type { Optimizer } from "../optim/mod.ts";
import type { TrainSettings } from "./options.ts";

/** Factor of the first rate of a warm-up. */
const warmupStart = 0.1;

/** The optimizer's own rate, for ever. */
class ConstantLR extends LRScheduler {
  override at(_steps: number, baseLr: number): number {
    return baseLr;
  }
}

/**
 * Makes a schedule for the steps after the warm-up.
 *
 * @param length Steps of an epoch.
 * @param steps Steps after the warm-up.
 */
type MakeSchedule = (
  optimizer: Optimizer,
  settings: TrainSettings,
  length: number,
  steps: number,
) => LRScheduler;

/** The schedules, by their names. */
export const SCHEDULES: Readonly<
  Record<TrainSettings["schedule"], MakeSchedule>
> = {
  constant: (optimizer) => new ConstantLR(optimizer),
  step: (optimizer, { gamma, stepSize }, length) =>
    new StepLR(optimizer, { stepSize: stepSize * length, gamma }),
  cosine: (optimizer, _settings, _length, steps) =>
    new CosineAnnealingLR(optimizer, { tMax: steps }),
  "one-cycle": (optimizer, { lr }, _length, steps) =>
    new OneCycleLR(optimizer, { maxLr: lr, totalSteps: steps }),
};

/**
 * The schedule that settings ask for.
 *
 * @param length Steps of an epoch.
 */
export function scheduleOf(
  optimizer: Optimizer,
  settings: TrainSettings,
  length: number,
): LRScheduler {
  const warmup = Math.round(settings.warmup * length);
  const rest = Math.max(1, settings.epochs * length - warmup);
  const make = SCHEDULES[settings.schedule];
  const schedule = make(optimizer, settings, length, rest);
  if (warmup === 0) return schedule;
  const rise = new LinearLR(optimizer, {
    startFactor: warmupStart,
    totalIters: warmup,
  });
  return new SequentialLR(optimizer, {
    schedulers: [rise, schedule],
    milestones: [warmup],
  });
}
