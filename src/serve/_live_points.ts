import type { StepResult } from "../training/mod.ts";
import type { StepPoint } from "./live/protocol.ts";

/** Points that are kept; from there on, two become one. */
const mostPoints = 20_000;

/** Sums over the first steps of an epoch. */
interface Sums {
  readonly epoch: number;
  readonly steps: number;
  readonly rows: number;
  readonly loss: number;
  readonly correct: number;
}

const none = { steps: 0, rows: 0, loss: 0, correct: 0 };

/**
 * The points of a training's curves: means over the steps between two readings,
 * where a training tells means over its epoch.
 */
export class LivePoints {
  #points: StepPoint[] = [];
  #last: Sums = { epoch: 0, ...none };

  /** All points so far. */
  get all(): readonly StepPoint[] {
    return this.#points;
  }

  /** Takes a step in; returns its point, or null where nothing new was read. */
  add(step: StepResult): StepPoint | null {
    const { acc, epoch, loss, readStep, steps } = step;
    const before = this.#last.epoch === epoch ? this.#last : none;
    if (readStep <= before.steps) return null;
    const rows = rowsAt(step);
    const sums = { loss: loss * readStep, correct: acc * rows };
    this.#last = { epoch, steps: readStep, rows, ...sums };
    const point: StepPoint = [
      epoch - 1 + readStep / steps,
      finite((sums.loss - before.loss) / (readStep - before.steps)),
      finite((sums.correct - before.correct) / (rows - before.rows)),
    ];
    if (this.#points.length >= mostPoints) this.#points = halved(this.#points);
    this.#points.push(point);
    return point;
  }
}

/** Rows up to the step that was read: all batches but the last are full. */
function rowsAt(
  { readStep, rows, step, steps, totalRows }: StepResult,
): number {
  return readStep === steps ? totalRows : readStep * rows / step;
}

function halved(points: readonly StepPoint[]): StepPoint[] {
  const half: StepPoint[] = [];
  for (let index = 1; index < points.length; index += 2) {
    const [one, other] = [points[index - 1], points[index]];
    half.push([other[0], mean(one[1], other[1]), mean(one[2], other[2])]);
  }
  return half;
}

function mean(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : (one + other) / 2;
}

/** JSON has no other numbers. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
