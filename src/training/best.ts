import type { HostTensor } from "../formats/safetensors.ts";
import type { Module } from "../nn/mod.ts";
import type { EpochResult } from "./options.ts";

/**
 * The best epoch: highest `valAcc`; of equals, or where there is none, the lowest
 * `valLoss`; of equals, the first. Undefined where there is no epoch.
 */
export function bestEpoch(
  history: readonly EpochResult[],
): EpochResult | undefined {
  const [first, ...others] = history;
  return others.reduce(
    (best, epoch) => isBetter(epoch, best) ? epoch : best,
    first,
  );
}

/** Keeps a copy of the weights of the best epoch. */
export class BestWeights {
  /** The weights, by their names; empty before the first epoch. */
  weights: ReadonlyMap<string, HostTensor> = new Map();

  /** Copies the weights if the last epoch is the best; returns whether it is. */
  async keep(model: Module, history: readonly EpochResult[]): Promise<boolean> {
    if (bestEpoch(history) !== history.at(-1)) return false;
    this.weights = await model.stateDict();
    return true;
  }
}

function isBetter(epoch: EpochResult, best: EpochResult): boolean {
  const [own, other] = [epoch.valAcc, best.valAcc];
  const isMeasured = !Number.isNaN(own) && !Number.isNaN(other);
  if (isMeasured && own !== other) return own > other;
  return epoch.valLoss < best.valLoss;
}
