import { batchNorm2d, type BatchNorm2dOptions } from "../ops/batch_norm2d.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { checkCount } from "./_check_count.ts";
import { constant } from "./_initialise.ts";
import { pythonFloat } from "../base/python_text.ts";
import { ModuleBuffer } from "./module_buffer.ts";
import type { Stage } from "./stage.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of a {@linkcode BatchNorm2d} layer. */
export interface BatchNorm2dLayerOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Share of the newest batch in the running statistics. Default 0.1. */
  momentum?: number;
}

/**
 * Batch normalisation layer: {@linkcode batchNorm2d} with learnt weight and
 * bias, and running statistics for evaluation.
 *
 * @example
 * ```ts
 * import { BatchNorm2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new BatchNorm2d(1).to(device);
 * using x = Tensor.from(device, [1, 3], [2, 1, 1, 1]);
 * const [low, high] = await layer.forward(x).data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * ```
 */
export class BatchNorm2d extends Module {
  /** Factor of each channel, 1 at first: `[channels]`. */
  readonly weight: Parameter;
  /** Summand of each channel, 0 at first: `[channels]`. */
  readonly bias: Parameter;
  /** Mean over the past batches, 0 at first: `[channels]`. */
  readonly runningMean: ModuleBuffer;
  /** Unbiased variance over the past batches, 1 at first: `[channels]`. */
  readonly runningVar: ModuleBuffer;
  /** Batches seen in training. */
  readonly numBatchesTracked: ModuleBuffer<"i32">;
  readonly #eps: number;
  readonly #momentum: number;

  /**
   * Makes weight and bias, the running mean and variance, all `[channels]`, and
   * the count of batches.
   *
   * @param channels Channels of the input.
   * @param options eps and momentum.
   * @throws {RangeError} If `channels` is not a whole number of at least 1.
   */
  constructor(channels: number, options: BatchNorm2dLayerOptions = {}) {
    super();
    checkCount("BatchNorm2d: channels", channels);
    const { eps = 1e-5, momentum = 0.1 } = options;
    this.#eps = eps;
    this.#momentum = momentum;
    this.weight = new Parameter([channels], constant(1));
    this.bias = new Parameter([channels], constant(0));
    this.runningMean = new ModuleBuffer("f32", new Float32Array(channels), {
      name: "running_mean",
    });
    this.runningVar = new ModuleBuffer(
      "f32",
      new Float32Array(channels).fill(1),
      {
        name: "running_var",
      },
    );
    this.numBatchesTracked = new ModuleBuffer("i32", new Int32Array(1), {
      name: "num_batches_tracked",
      shape: [],
    });
  }

  /** `[N, channels, H, W]` to the same shape. */
  override forward(x: Tensor): Tensor<Images> {
    return batchNorm2d(x, this.arguments());
  }

  /** The arguments of {@linkcode batchNorm2d}, in the present mode. */
  arguments(): BatchNorm2dOptions {
    return {
      weight: this.weight.tensor,
      bias: this.bias.tensor,
      runningMean: this.runningMean.tensor,
      runningVar: this.runningVar.tensor,
      numBatchesTracked: this.numBatchesTracked.tensor,
      training: this.training,
      momentum: this.#momentum,
      eps: this.#eps,
    };
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "normalisation",
      forward: BatchNorm2d.prototype.forward,
      options: () => this.arguments(),
    };
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const [channels] = this.weight.shape;
    return `${channels}, eps=${pythonFloat(this.#eps)}, ` +
      `momentum=${pythonFloat(this.#momentum)}, affine=True, ` +
      "track_running_stats=True";
  }
}
