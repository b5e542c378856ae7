import { checkOptions } from "../base/options.ts";
import { pythonBool, pythonFloat } from "../base/python_text.ts";
import type { Shape, Tensor } from "../core/tensor.ts";
import { layerNorm } from "../ops/layer_norm.ts";
import { checkCount } from "./_check_count.ts";
import { constant } from "./_initialise.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of a {@linkcode LayerNorm} layer. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether weight and bias are learnt. Default true. */
  elementwiseAffine?: boolean;
  /** Whether a bias is learnt beside the weight. Default true. */
  bias?: boolean;
}

/**
 * Layer normalisation layer: {@linkcode layerNorm} with learnt weight and bias.
 *
 * @example
 * ```ts
 * import { LayerNorm, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new LayerNorm(2).to(device);
 * using x = Tensor.from(device, [1, 3], [1, 2]);
 * const [low, high] = await layer.forward(x).data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * ```
 *
 * @category Layers
 */
export class LayerNorm extends Module {
  /** Factors, 1 at first: `normalizedShape`; null where none are learnt. */
  readonly weight: Parameter | null;
  /** Summands, 0 at first: `normalizedShape`; null where none are learnt. */
  readonly bias: Parameter | null;
  readonly #shape: readonly number[];
  readonly #eps: number;

  /**
   * Makes weight and bias of the shape that is normalised.
   *
   * @param normalizedShape Sizes of the last axes, one number for the last one.
   * @param options eps, `elementwiseAffine` and `bias`.
   * @throws {RangeError} If a size is not a whole number of at least 1.
   * @throws {TypeError} If there is an option of another name.
   */
  constructor(
    normalizedShape: number | readonly number[],
    options: LayerNormOptions = {},
  ) {
    super();
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    const shape = typeof normalizedShape === "number"
      ? [normalizedShape]
      : normalizedShape;
    for (const size of shape) checkCount("LayerNorm: normalizedShape", size);
    const { bias = true, elementwiseAffine = true, eps = 1e-5 } = options;
    this.#shape = shape;
    this.#eps = eps;
    this.weight = elementwiseAffine ? new Parameter(shape, constant(1)) : null;
    this.bias = elementwiseAffine && bias
      ? new Parameter(shape, constant(0))
      : null;
  }

  /** Any shape that ends with `normalizedShape`, to the same shape. */
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    const weight = this.weight?.tensor, bias = this.bias?.tensor;
    return layerNorm(x, this.#shape, weight, bias, this.#eps);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const shape = this.#shape;
    const sizes = shape.length === 1 ? `${shape},` : shape.join(", ");
    return `(${sizes}), eps=${pythonFloat(this.#eps)}, ` +
      `elementwise_affine=${pythonBool(this.weight !== null)}`;
  }
}
