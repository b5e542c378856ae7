import { TrainingError } from "../base/errors.ts";
import { detectAnomaly } from "../core/anomaly.ts";
import type { DataLoader } from "../data/data_loader.ts";
import type { Frozen } from "./_frozen.ts";
import { turnEventLoop } from "./_event_loop.ts";
import type { TrainingSchedule } from "./_schedule.ts";
import type { TrainingStep } from "./_training_step.ts";

/** The parts of a training that steps are run again with. */
export interface RepeatedParts {
  readonly frozen: Frozen;
  readonly batches: DataLoader;
  readonly step: TrainingStep;
  readonly schedule: TrainingSchedule;
}

/** Where a training has left finite numbers. */
export interface Divergence {
  /** The step of the epoch whose loss was the first that is not finite. */
  readonly step: number;
  /** That loss. */
  readonly loss: number;
  /** The operation, and its first wrong number; null where it does not show. */
  readonly operation: string | null;
}

/**
 * Runs the steps of an epoch again, and finds the first whose loss is not finite,
 * and in it or the one before the first operation. Null where all are finite.
 *
 * @param restore Takes the training back to where the epoch began.
 */
export async function findDivergence(
  parts: RepeatedParts,
  restore: () => void,
): Promise<Divergence | null> {
  const { step } = parts;
  restore();
  let found: { step: number; loss: number } | null = null;
  await repeat(parts, async (run) => {
    run();
    const { loss } = await step.sums();
    if (!Number.isFinite(loss)) found = { step: step.steps, loss };
    return found === null;
  });
  if (found === null) return null;
  const { loss, step: last } = found as { step: number; loss: number };
  restore();
  let operation: string | null = null;
  await repeat(parts, async (run) => {
    // The update of the step before may be where it began.
    if (step.steps < last - 2) run();
    else operation = await anomalyOf(run);
    return operation === null && step.steps < last;
  });
  return { step: last, loss, operation };
}

/** Runs steps with the batches that the epoch has left, while `next` says so. */
async function repeat(
  { batches, frozen, schedule, step }: RepeatedParts,
  next: (run: () => void) => Promise<boolean>,
): Promise<void> {
  frozen.train();
  if (batches.state.batch === 0) step.reset();
  for await (const [inputs, targets] of batches) {
    if (!await next(() => step.run(inputs, targets))) return;
    schedule.step();
    await turnEventLoop();
  }
}

/** What {@linkcode detectAnomaly} says of a step, without its advice. */
async function anomalyOf(run: () => void): Promise<string | null> {
  try {
    await detectAnomaly(run);
    return null;
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    return error.message.replace(/\. Help: .*$/, "");
  }
}
