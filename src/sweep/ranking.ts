import { meanAndDeviation } from "../base/mean_and_deviation.ts";
import { bestEpoch } from "../training/mod.ts";
import type { Trial, TrialState } from "./trial.ts";

/** What a setting has reached. */
export interface Rank {
  /** The index of the setting. */
  readonly setting: number;
  /**
   * The mean over its seeds of the highest val_acc of an epoch; NaN where a seed
   * failed or has no epoch.
   */
  readonly valAcc: number;
  /** Its standard deviation over the seeds; NaN of one seed. */
  readonly deviation: number;
  /** The mean of the val_loss of those epochs. */
  readonly valLoss: number;
  /** The epochs that each of its seeds has trained, at most. */
  readonly epochs: number;
}

/**
 * Settings from the best to the worst: the highest mean val_acc; of equals, the
 * lowest mean val_loss; of equals, the first. Those that failed come last.
 *
 * @param epochs How many epochs of a trial count. Default all.
 */
export function rank(
  settings: readonly number[],
  trials: readonly Trial[],
  states: ReadonlyMap<Trial, TrialState>,
  epochs = Infinity,
): Rank[] {
  return settings.map((setting) => {
    const own = trials.filter((trial) => trial.setting === setting)
      .map((trial) => states.get(trial)!);
    const best = own.map(({ failure, history }) =>
      failure === undefined ? bestEpoch(history.slice(0, epochs)) : undefined
    );
    const accuracy = meanAndDeviation(best.map((one) => one?.valAcc ?? NaN));
    const loss = meanAndDeviation(best.map((one) => one?.valLoss ?? NaN));
    return {
      setting,
      valAcc: accuracy.mean,
      deviation: accuracy.deviation,
      valLoss: loss.mean,
      epochs: Math.max(...own.map(({ history }) => history.length)),
    };
  }).sort(compare);
}

function compare(one: Rank, other: Rank): number {
  const [isLost, isOtherLost] = [one, other].map(({ valAcc }) =>
    Number(Number.isNaN(valAcc))
  );
  if (isLost + isOtherLost > 0) return isLost - isOtherLost;
  return other.valAcc - one.valAcc || one.valLoss - other.valLoss;
}
