import { linear } from "../ops/linear.ts";
import type { Tensor } from "../core/tensor.ts";
import { kaimingUniform, uniformByFanIn } from "./_initialise.ts";
import { pythonBool } from "./_text.ts";
import { checkCount, Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** What a {@linkcode Linear} layer learns. */
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
 * ```
 */
export class Linear extends Module {
  /** `[outFeatures, inFeatures]`. */
  readonly weight: Parameter;
  /** `[outFeatures]`, or null without bias. */
  readonly bias: Parameter | null;

  /**
   * Checks and keeps the arguments.
   *
   * @param inFeatures Columns of the input.
   * @param outFeatures Columns of the output.
   * @param options Whether a bias is learnt.
   * @throws {RangeError} If a number of features is not a whole one.
   */
  constructor(
    inFeatures: number,
    outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    checkCount("Linear: inFeatures", inFeatures);
    checkCount("Linear: outFeatures", outFeatures);
    const shape = [outFeatures, inFeatures];
    this.weight = new Parameter(shape, kaimingUniform(inFeatures));
    this.bias = options.bias ?? true
      ? new Parameter([outFeatures], uniformByFanIn(inFeatures))
      : null;
  }

  /** `[N, inFeatures]` to `[N, outFeatures]`. */
  override forward(x: Tensor): Tensor<[n: number, features: number]> {
    return linear(x, this.weight.tensor, this.bias?.tensor ?? null);
  }

  /** What the printed text says in the parentheses. */
  override extraRepresentation(): string {
    const [outFeatures, inFeatures] = this.weight.shape;
    return `in_features=${inFeatures}, out_features=${outFeatures}, ` +
      `bias=${pythonBool(this.bias !== null)}`;
  }
}
