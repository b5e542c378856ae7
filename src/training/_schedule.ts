import {
  CosineAnnealingLR,
  ExponentialLR,
  LinearLR,
  LRScheduler,
  MultiStepLR,
  OneCycleLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
} from "../optim/schedules/mod.ts";
import type { Optimizer } from "../optim/mod.ts";
import type { EpochResult, TrainSettings } from "./options.ts";

/** Factor of the first rate of a warm-up. */
const warmupStart = 0.1;

/** The optimizer's own rate, for ever, or the last that a program has set. */
class ConstantLR extends LRScheduler {
  override at(_steps: number, baseLr: number): number {
    return baseLr;
  }

  override after(_steps: number, lr: number): number {
    return lr;
  }
}

/** The learning rate of a training. */
export interface TrainingSchedule {
  /** Follows a step. */
  step(): void;
  /** Follows an epoch. */
  epoch(result: EpochResult): void;
  /** Goes to a place in the training: steps so far, and whole epochs. */
  resume(steps: number, history: readonly EpochResult[]): void;
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
) => LRScheduler | ReduceLROnPlateau;

/** The schedules, by their names. */
export const SCHEDULES: Readonly<
  Record<TrainSettings["schedule"], MakeSchedule>
> = {
  constant: (optimizer) => new ConstantLR(optimizer),
  step: (optimizer, { gamma, stepSize }, length) =>
    new StepLR(optimizer, { stepSize: stepSize * length, gamma }),
  multistep: (optimizer, { gamma, milestones }, length) =>
    new MultiStepLR(optimizer, {
      milestones: milestones.map((epoch) => epoch * length),
      gamma,
    }),
  exponential: (optimizer, { gamma }, length) =>
    new ExponentialLR(optimizer, { gamma: gamma ** (1 / length) }),
  cosine: (optimizer, _settings, _length, steps) =>
    new CosineAnnealingLR(optimizer, { tMax: steps }),
  "one-cycle": (optimizer, { lr }, _length, steps) =>
    new OneCycleLR(optimizer, { maxLr: lr, totalSteps: steps }),
  plateau: (optimizer, { gamma, stepSize }) =>
    new ReduceLROnPlateau(optimizer, { factor: gamma, patience: stepSize }),
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
): TrainingSchedule {
  const warmup = Math.round(settings.warmup * length);
  const rest = Math.max(1, settings.epochs * length - warmup);
  const make = SCHEDULES[settings.schedule];
  const schedule = make(optimizer, settings, length, rest);
  if (schedule instanceof ReduceLROnPlateau) {
    return byEpochs(optimizer, settings.lr, schedule);
  }
  if (warmup === 0) return bySteps(schedule);
  const rise = new LinearLR(optimizer, {
    startFactor: warmupStart,
    totalIters: warmup,
  });
  return bySteps(
    new SequentialLR(optimizer, {
      schedulers: [rise, schedule],
      milestones: [warmup],
    }),
  );
}

/** Rates that follow from the number of steps. */
function bySteps(schedule: LRScheduler): TrainingSchedule {
  return {
    step: () => schedule.step(),
    epoch: () => {},
    resume: (steps) => schedule.steps = steps,
  };
}

/** Rates that follow from the losses of the epochs. */
function byEpochs(
  optimizer: Optimizer,
  lr: number,
  schedule: ReduceLROnPlateau,
): TrainingSchedule {
  return {
    step: () => {},
    epoch: ({ valLoss }) => schedule.step(valLoss),
    resume: (_steps, history) => {
      optimizer.lr = lr;
      for (const { valLoss } of history) schedule.step(valLoss);
    },
  };
}
