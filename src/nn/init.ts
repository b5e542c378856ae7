/**
 * First values for parameters, as PyTorch's `nn.init` has them: the same
 * generator gives the same numbers.
 *
 * Each function sets the values of a parameter or a tensor and returns it. A
 * parameter that has no memory yet gets them from `model.to(device)`, after its
 * first ones and from the same generator: so the numbers are PyTorch's there too.
 *
 * @example
 * ```ts
 * import { init, Linear, ReLU, Sequential } from "@x/mnist-cnn";
 *
 * const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * model.apply((module) => {
 *   if (!(module instanceof Linear)) return;
 *   init.kaimingNormal(module.weight, { nonlinearity: "relu" });
 *   init.zeros(module.bias!);
 * });
 * ```
 *
 * @module
 */

import { checkChoice } from "../base/choices.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { RandomGenerator } from "../core/random.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import { fillTensor, type Initialise, Parameter } from "./parameter.ts";

/** Where random values come from. */
export interface InitOptions {
  /**
   * Their generator. Default: one with a random seed; before `model.to(device)`,
   * the generator of the model's other values.
   */
  generator?: RandomGenerator;
}

/** The rule of {@linkcode kaimingUniform} and {@linkcode kaimingNormal}. */
export interface KaimingOptions extends InitOptions {
  /** Slope below 0 of a leaky ReLU that follows. Default 0. */
  a?: number;
  /**
   * What keeps its variance: values on their way forward, `"fanIn"`, or gradients
   * on their way back, `"fanOut"`. Default `"fanIn"`.
   */
  mode?: "fanIn" | "fanOut";
  /** What follows the layer. Default `"leakyRelu"`. */
  nonlinearity?: Nonlinearity;
}

const gains = {
  linear: () => 1,
  conv2d: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.sqrt(2),
  leakyRelu: (slope = 0.01) => Math.sqrt(2 / (1 + slope ** 2)),
  selu: () => 3 / 4,
};

/** A function that follows a layer, or the layer if none does. */
export type Nonlinearity =
  | "linear"
  | "conv2d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "selu";

/**
 * The factor by which a layer's values must be larger for what follows it to
 * keep their variance: 1, 5/3 for tanh, √2 for ReLU, √(2 / (1 + slope²)) for
 * leaky ReLU, 3/4 for SELU.
 *
 * @param nonlinearity What follows.
 * @param slope Of a leaky ReLU. Default 0.01.
 * @throws {TypeError} If there is no such function.
 */
export function calculateGain(
  nonlinearity: Nonlinearity,
  slope?: number,
): number {
  checkChoice("init: nonlinearity", nonlinearity, Object.keys(gains));
  return gains[nonlinearity](slope);
}

/**
 * Uniform values in `[from, to)`.
 *
 * @param from Default 0.
 * @param to Default 1.
 * @throws {RangeError} If `from` is above `to`, or either is not finite.
 */
export function uniform<T extends Parameter | Tensor>(
  values: T,
  from = 0,
  to = 1,
  options: InitOptions = {},
): T {
  checkOptions("init.uniform", options, ["generator"]);
  return set(
    values,
    (values, generator) => generator.uniform(values, from, to),
    options,
  );
}

/**
 * Normally distributed values.
 *
 * @param mean Default 0.
 * @param std Standard deviation. Default 1.
 * @throws {RangeError} If `std` is below 0, or either is not finite.
 */
export function normal<T extends Parameter | Tensor>(
  values: T,
  mean = 0,
  std = 1,
  options: InitOptions = {},
): T {
  checkOptions("init.normal", options, ["generator"]);
  return set(
    values,
    (values, generator) => generator.normal(values, mean, std),
    options,
  );
}

/** The same value everywhere. */
export function constant<T extends Parameter | Tensor>(
  values: T,
  value: number,
): T {
  return set(values, (values) => values.fill(value));
}

/** 0 everywhere. */
export function zeros<T extends Parameter | Tensor>(values: T): T {
  return constant(values, 0);
}

/** 1 everywhere. */
export function ones<T extends Parameter | Tensor>(values: T): T {
  return constant(values, 1);
}

/**
 * Uniform values whose variance suits sums forward and back: in ±gain · √(6 /
 * (fanIn + fanOut)) (Glorot and Bengio, 2010).
 *
 * @param values `[out, in, …]`: what follows these two is the kernel's size.
 * @param gain See {@linkcode calculateGain}. Default 1.
 * @throws {ShapeError} If there are fewer than two dimensions.
 */
export function xavierUniform<T extends Parameter | Tensor>(
  values: T,
  gain = 1,
  options: InitOptions = {},
): T {
  checkOptions("init.xavierUniform", options, ["generator"]);
  const bound = Math.sqrt(3) * xavierStd("xavierUniform", values.shape, gain);
  return uniform(values, -bound, bound, options);
}

/**
 * Normally distributed values, otherwise as {@linkcode xavierUniform}: of
 * standard deviation gain · √(2 / (fanIn + fanOut)).
 *
 * @param values `[out, in, …]`: what follows these two is the kernel's size.
 * @param gain See {@linkcode calculateGain}. Default 1.
 * @throws {ShapeError} If there are fewer than two dimensions.
 */
export function xavierNormal<T extends Parameter | Tensor>(
  values: T,
  gain = 1,
  options: InitOptions = {},
): T {
  checkOptions("init.xavierNormal", options, ["generator"]);
  const std = xavierStd("xavierNormal", values.shape, gain);
  return normal(values, 0, std, options);
}

/**
 * Uniform values whose variance suits what follows the layer: in ±gain · √(3 /
 * fan) (He et al., 2015).
 *
 * @param values `[out, in, …]`: what follows these two is the kernel's size.
 * @throws {ShapeError} If there are fewer than two dimensions.
 * @throws {TypeError} If mode or nonlinearity is unknown.
 */
export function kaimingUniform<T extends Parameter | Tensor>(
  values: T,
  options: KaimingOptions = {},
): T {
  const bound = Math.sqrt(3) *
    kaimingStd("kaimingUniform", values.shape, options);
  const { generator } = options;
  return uniform(values, -bound, bound, { generator });
}

/**
 * Normally distributed values, otherwise as {@linkcode kaimingUniform}: of
 * standard deviation gain / √fan.
 *
 * @param values `[out, in, …]`: what follows these two is the kernel's size.
 * @throws {ShapeError} If there are fewer than two dimensions.
 * @throws {TypeError} If mode or nonlinearity is unknown.
 */
export function kaimingNormal<T extends Parameter | Tensor>(
  values: T,
  options: KaimingOptions = {},
): T {
  const std = kaimingStd("kaimingNormal", values.shape, options);
  const { generator } = options;
  return normal(values, 0, std, { generator });
}

function xavierStd(name: string, shape: Shape, gain: number): number {
  const { fanIn, fanOut } = fansOf(name, shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

function kaimingStd(
  name: string,
  shape: Shape,
  options: KaimingOptions,
): number {
  const names = ["a", "generator", "mode", "nonlinearity"] as const;
  checkOptions(`init.${name}`, options, names);
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  checkChoice(`init.${name}: mode`, mode, ["fanIn", "fanOut"]);
  const fan = fansOf(name, shape)[mode];
  return calculateGain(nonlinearity, a) / Math.sqrt(fan);
}

/** How many inputs an output of a layer sums, and outputs an input goes into. */
function fansOf(name: string, shape: Shape) {
  if (shape.length < 2) {
    throw new ShapeError(describe({
      what: `init.${name}`,
      expected: "two dimensions or more, [out, in, …]",
      got: `shape [${shape.join(", ")}]`,
      help: "A bias has no inputs to count: use zeros, constant or uniform.",
    }));
  }
  const [out, into, ...kernel] = shape;
  const area = elementsOf(kernel);
  return { fanIn: into * area, fanOut: out * area };
}

function set<T extends Parameter | Tensor>(
  values: T,
  initialise: Initialise,
  { generator }: InitOptions = {},
): T {
  if (values instanceof Tensor && values.dtype !== "f32") {
    throw new TypeError(describe({
      what: "init",
      expected: "f32 elements",
      got: values.dtype,
      help: "Give a parameter, or a tensor that was made from numbers.",
    }));
  }
  // Wrong bounds are refused here, and not where values are drawn.
  initialise(new Float32Array(), new RandomGenerator(0));
  if (values instanceof Parameter) values.fill(initialise, generator);
  else fillTensor(values, initialise, generator);
  return values;
}
