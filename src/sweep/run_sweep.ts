import { survivorCount } from "./halving.ts";
import { rank } from "./ranking.ts";
import type { Trial, TrialState } from "./trial.ts";

/** Trials, and what decides which of them go on. */
export interface SweepPlan {
  /** All trials, each setting's together. */
  readonly trials: readonly Trial[];
  /** How many settings there are. */
  readonly settings: number;
  /** Epochs after which settings are compared; the last is a training's end. */
  readonly rungs: readonly number[];
  /** Of the settings at a rung, the best 1 / `reductionFactor` go on. */
  readonly reductionFactor: number;
}

/** How the trials are run. */
export interface RunSweepOptions {
  /** How far each trial is, which is kept up to date. */
  readonly states: Map<Trial, TrialState>;
  /** How many at a time. */
  readonly jobs: number;
  /**
   * Trains a trial from its checkpoint, or from the start.
   *
   * @param stopAfter The epoch after which it is left; null trains to the end.
   * @returns How far it is then.
   */
  run(trial: Trial, stopAfter: number | null): Promise<TrialState>;
  /** Hears of a trial that has reached its rung or its end, or failed. */
  onTrial(trial: Trial): Promise<void>;
  /** Starts no further trial once it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs the trials from rung to rung, and what is done already not again. Which
 * settings go on depends on the trials alone, not on how many run at a time or
 * when: that is why a sweep that was killed ends as if it had not been.
 *
 * @throws The signal's reason, if it stopped the sweep.
 */
export async function runSweep(
  { reductionFactor, rungs, settings, trials }: SweepPlan,
  { jobs, onTrial, run, signal, states }: RunSweepOptions,
): Promise<void> {
  let going = Array.from({ length: settings }, (_, index) => index);
  for (const [level, epochs] of rungs.entries()) {
    const isLast = level === rungs.length - 1;
    const due = trials.filter((trial) => going.includes(trial.setting))
      .filter((trial) => {
        const { failure, history, isDone } = states.get(trial)!;
        const isThere = isDone || !isLast && history.length >= epochs;
        return failure === undefined && !isThere;
      });
    await inParallel(due, jobs, signal, async (trial) => {
      const state = await run(trial, isLast ? null : epochs);
      // What was stopped is no failure, and no rung reached.
      if (signal.aborted) return;
      states.set(trial, state);
      await onTrial(trial);
    });
    signal.throwIfAborted();
    going = rank(going, trials, states, epochs)
      .slice(0, survivorCount(going.length, reductionFactor))
      .map(({ setting }) => setting);
  }
}

/** Works through items, so many at a time, until the signal is aborted. */
async function inParallel<T>(
  items: readonly T[],
  jobs: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let left = [...items];
  const worker = async () => {
    while (left.length > 0 && !signal.aborted) {
      const [item, ...others] = left;
      left = others;
      try {
        await work(item);
      } catch (error) {
        left = [];
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: jobs }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
