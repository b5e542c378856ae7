import { checkOptions } from "../base/options.ts";
import { pythonBool, pythonFloat } from "../base/python_text.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { checkGroups, groupNorm } from "../ops/group_norm.ts";
import { checkCount } from "./_check_count.ts";
import { constant } from "./_initialise.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of a {@linkcode GroupNorm} layer. */
export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether weight and bias are learnt. Default true. */
  affine?: boolean;
}

/**
 * Group normalisation layer: {@linkcode groupNorm} with learnt weight and bias.
 *
 * @example
 * ```ts
 * import { GroupNorm, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new GroupNorm(2, 6).to(device);
 * using x = Tensor.from(device, new Float32Array(96), [1, 6, 4, 4]);
 * assertEquals(layer.forward(x).shape, [1, 6, 4, 4]);
 * ```
 *
 * @category Layers
 */
export class GroupNorm extends Module {
  /** Factor of each channel, 1 at first: `[numChannels]`; null without. */
  readonly weight: Parameter | null;
  /** Summand of each channel, 0 at first: `[numChannels]`; null without. */
  readonly bias: Parameter | null;
  readonly #groups: number;
  readonly #channels: number;
  readonly #eps: number;

  /**
   * Makes weight and bias, both `[numChannels]`.
   *
   * @param numGroups Groups, which divide the channels.
   * @param numChannels Channels of the input.
   * @param options eps and `affine`.
   * @throws {RangeError} If the channels cannot be split so.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(
    numGroups: number,
    numChannels: number,
    options: GroupNormOptions = {},
  ) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine"]);
    checkCount("GroupNorm: numChannels", numChannels);
    checkGroups("GroupNorm", numGroups, numChannels);
    const { affine = true, eps = 1e-5 } = options;
    this.#groups = numGroups;
    this.#channels = numChannels;
    this.#eps = eps;
    this.weight = affine ? new Parameter([numChannels], constant(1)) : null;
    this.bias = affine ? new Parameter([numChannels], constant(0)) : null;
  }

  /** `[N, numChannels, …]` to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    const weight = this.weight?.tensor, bias = this.bias?.tensor;
    return groupNorm(x, this.#groups, weight, bias, this.#eps);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    return `${this.#groups}, ${this.#channels}, eps=${
      pythonFloat(this.#eps)
    }, ` + `affine=${pythonBool(this.weight !== null)}`;
  }
}
