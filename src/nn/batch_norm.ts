import type { BatchNormOptions } from "../ops/batch_norm.ts";
import { checkOptions } from "../base/options.ts";
import { pythonBool, pythonFloat } from "../base/python_text.ts";
import { checkCount } from "./_check_count.ts";
import { constant } from "./_initialise.ts";
import { Module } from "./module.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import { Parameter } from "./parameter.ts";

/** Options of a batch normalisation layer. */
export interface BatchNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /**
   * Share of the newest batch in the running statistics; null makes them the
   * average of all batches. Default 0.1.
   */
  momentum?: number | null;
  /** Whether weight and bias are learnt. Default true. */
  affine?: boolean;
  /**
   * Whether there are running statistics. Without them, evaluation normalises
   * with the batch's own too. Default true.
   */
  trackRunningStats?: boolean;
}

/** Parameters and buffers of the batch normalisation layers. */
export abstract class BatchNorm extends Module {
  /** Factor of each channel, 1 at first: `[channels]`. */
  readonly weight: Parameter | null;
  /** Summand of each channel, 0 at first: `[channels]`. */
  readonly bias: Parameter | null;
  /** Mean over the past batches, 0 at first: `[channels]`. */
  readonly runningMean: ModuleBuffer | null;
  /** Unbiased variance over the past batches, 1 at first: `[channels]`. */
  readonly runningVar: ModuleBuffer | null;
  /** Batches seen in training. */
  readonly numBatchesTracked: ModuleBuffer<"i32"> | null;
  readonly #channels: number;
  readonly #eps: number;
  readonly #momentum: number | null;

  /**
   * Makes weight and bias, the running mean and variance, all `[channels]`, and
   * the count of batches.
   *
   * @param channels Channels of the input.
   * @param options eps, momentum, `affine` and `trackRunningStats`.
   * @throws {RangeError} If `channels` is not a whole number of at least 1.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(channels: number, options: BatchNormLayerOptions = {}) {
    super();
    const name = new.target.name;
    checkOptions(name, options, [
      "eps",
      "momentum",
      "affine",
      "trackRunningStats",
    ]);
    checkCount(`${name}: channels`, channels);
    const { affine = true, eps = 1e-5, momentum = 0.1 } = options;
    this.#channels = channels;
    this.#eps = eps;
    this.#momentum = momentum;
    this.weight = affine ? new Parameter([channels], constant(1)) : null;
    this.bias = affine ? new Parameter([channels], constant(0)) : null;
    const { trackRunningStats = true } = options;
    const tracked = (name: string, first: number) =>
      trackRunningStats
        ? new ModuleBuffer("f32", new Float32Array(channels).fill(first), {
          name,
        })
        : null;
    this.runningMean = tracked("running_mean", 0);
    this.runningVar = tracked("running_var", 1);
    this.numBatchesTracked = trackRunningStats
      ? new ModuleBuffer("i32", new Int32Array(1), {
        name: "num_batches_tracked",
        shape: [],
      })
      : null;
  }

  /** The arguments of the operation, in the present mode. */
  arguments(): BatchNormOptions {
    return {
      weight: this.weight?.tensor,
      bias: this.bias?.tensor,
      runningMean: this.runningMean?.tensor,
      runningVar: this.runningVar?.tensor,
      numBatchesTracked: this.numBatchesTracked?.tensor,
      training: this.training || this.runningMean === null,
      momentum: this.#momentum,
      eps: this.#eps,
    };
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const momentum = this.#momentum;
    return `${this.#channels}, eps=${pythonFloat(this.#eps)}, ` +
      `momentum=${momentum === null ? "None" : pythonFloat(momentum)}, ` +
      `affine=${pythonBool(this.weight !== null)}, ` +
      `track_running_stats=${pythonBool(this.runningMean !== null)}`;
  }
}
