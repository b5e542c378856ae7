import { describe } from "../base/errors.ts";
import {
  CosineAnnealingLR,
  LinearLR,
  LRScheduler,
  OneCycleLR,
  SequentialLR,
  StepLR,
} from "../optim/schedules/mod.ts";
import type { Optimizer } from "../optim/mod.ts";
import { SCHEDULES, type TrainSettings } from "./options.ts";

/** Factor of the first rate of a warm-up. */
const warmupStart = 0.1;

/** The optimizer's own rate, for ever. */
class ConstantLR extends LRScheduler {
  override at(): number {
    return this.baseLr;
  }
}

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
  const schedule = mainSchedule(optimizer, settings, length, rest);
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

function mainSchedule(
  optimizer: Optimizer,
  { gamma, lr, schedule, stepSize }: TrainSettings,
  length: number,
  steps: number,
): LRScheduler {
  switch (schedule) {
    case "constant":
      return new ConstantLR(optimizer);
    case "step":
      return new StepLR(optimizer, { stepSize: stepSize * length, gamma });
    case "cosine":
      return new CosineAnnealingLR(optimizer, { tMax: steps });
    case "one-cycle":
      return new OneCycleLR(optimizer, { maxLr: lr, totalSteps: steps });
    default:
      throw new RangeError(describe({
        what: "train: schedule",
        expected: SCHEDULES.join(", "),
        got: String(schedule),
        help: "Leave it out for a constant rate.",
      }));
  }
}
