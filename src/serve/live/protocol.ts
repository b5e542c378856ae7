/**
 * What a training tells its view: messages of the stream `events`, and the
 * answer of `runs.json`.
 *
 * @module
 */

/** Losses and accuracy of some steps; null where a number is not finite. */
export type StepPoint = readonly [
  epochs: number,
  loss: number | null,
  accuracy: number | null,
];

/** An epoch's results on the rows to measure with. */
export interface EpochPoint {
  readonly epoch: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
}

/** The event `start`: all there is until now. */
export interface Start {
  /** Tells trainings apart that follow one another. */
  readonly title: string;
  readonly facts: Readonly<Record<string, string>>;
  /** Epochs of the training. */
  readonly epochs: number;
  readonly canSave: boolean;
}

/** Any other event: what is new. */
export interface News {
  readonly steps: readonly StepPoint[];
  readonly measured: readonly EpochPoint[];
  /** What it does now. */
  readonly status: string;
  /** The last step's numbers; "" before the first. */
  readonly numbers: string;
  /** Part of all steps, 0…1. */
  readonly done: number;
  /** Whether it is over, and nothing else will come. */
  readonly isOver: boolean;
}

/** Another training, to be drawn beside this one. */
export interface OtherRun {
  readonly name: string;
  readonly lr: number;
  readonly batchSize: number;
  /** Its epochs on the training rows, and on those to measure with. */
  readonly trained: readonly EpochPoint[];
  readonly measured: readonly EpochPoint[];
  /** The best of these. */
  readonly best: EpochPoint | null;
}
