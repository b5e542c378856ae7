import { linear } from "../ops/linear.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkOptions } from "../base/options.ts";
import { checkCount } from "./_check_count.ts";
import { weightAndBias } from "./_initialise.ts";
import { pythonBool } from "../base/python_text.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of a {@linkcode Linear} layer.
 *
 * @category Layers
 */
export interface LinearOptions {
  /** Whether a bias is learnt. Default true. */
  bias?: boolean;
}

/**
 * Fully connected layer: {@linkcode linear} with learnt weight and bias.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new Linear(3, 2).to(device);
 * using x = Tensor.from(device, [1, 2, 3], [1, 3]);
 * assertEquals(layer.forward(x).shape, [1, 2]);
 * assertEquals([layer.inFeatures, layer.outFeatures], [3, 2]);
 * ```
 *
 * @category Layers
 */
export class Linear extends Module {
  /** `[outFeatures, inFeatures]`. */
  readonly weight: Parameter;
  /** `[outFeatures]`, or null without bias. */
  readonly bias: Parameter | null;

  /**
   * Makes a weight `[outFeatures, inFeatures]` and, unless told otherwise, a
   * bias `[outFeatures]`. Their first values, which `model.to(device)` draws, are
   * uniform in ±1/√inFeatures.
   *
   * @param inFeatures Columns of the input.
   * @param outFeatures Columns of the output.
   * @param bias Whether a bias is learnt: a boolean as in PyTorch, or options.
   * @throws {RangeError} If a number of features is not a whole number of at
   * least 1.
   */
  constructor(
    inFeatures: number,
    outFeatures: number,
    bias: boolean | LinearOptions = {},
  ) {
    super();
    const options = typeof bias === "boolean" ? { bias } : bias;
    checkOptions("Linear", options, ["bias"]);
    checkCount("Linear: inFeatures", inFeatures);
    checkCount("Linear: outFeatures", outFeatures);
    const outputs = options.bias ?? true ? outFeatures : null;
    const parameters = weightAndBias([outFeatures, inFeatures], outputs);
    this.weight = parameters.weight;
    this.bias = parameters.bias;
  }

  /** Columns of the input. */
  get inFeatures(): number {
    return this.weight.shape[1];
  }

  /** Columns of the output. */
  get outFeatures(): number {
    return this.weight.shape[0];
  }

  /** `[N, inFeatures]` to `[N, outFeatures]`. */
  override forward(x: Tensor): Tensor {
    return linear(x, this.weight.tensor, this.bias?.tensor ?? null);
  }

  /** The arguments in the printed text, as PyTorch prints them. */
  override extraRepresentation(): string {
    const { inFeatures, outFeatures } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, ` +
      `bias=${pythonBool(this.bias !== null)}`;
  }
}
