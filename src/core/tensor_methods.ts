import type { DType } from "../devices/device.ts";
import type { Shape, Tensor } from "./tensor.ts";

/**
 * The operations that a tensor has as methods: `x.relu()` is `relu(x)`. The rooms
 * above make them, so this names their arguments alone; `src/ops/methods.ts`
 * has one operation for each.
 */
export interface TensorMethods<
  S extends Shape = Shape,
  D extends DType = "f32",
> {
  /** `|x|`, elementwise. See {@linkcode abs}. */
  abs(): Tensor<S>;
  /** The sum with a tensor or a number, broadcast. See {@linkcode add}. */
  add(other: Tensor | number): Tensor;
  /** Indices of the largest elements along an axis, i32. See {@linkcode argmax}. */
  argmax(dim?: number, keepdim?: boolean): Tensor<Shape, "i32">;
  /** `min(max(x, min), max)`, elementwise. See {@linkcode clamp}. */
  clamp(min?: number | null, max?: number | null): Tensor<S>;
  /** A copy in memory of its own; gradients flow through it. */
  clone(): Tensor<S, D>;
  /** The quotient by a tensor or a number, broadcast. See {@linkcode div}. */
  div(other: Tensor | number): Tensor;
  /** The exponential linear unit, elementwise. See {@linkcode elu}. */
  elu(alpha?: number): Tensor<S>;
  /** 1 where equal to a tensor or a number, else 0. See {@linkcode eq}. */
  eq(other: Tensor<Shape, D> | number): Tensor;
  /** The exponential function, elementwise. See {@linkcode exp}. */
  exp(): Tensor<S>;
  /** Axes of size 1 repeated to sizes, copied. See {@linkcode expand}. */
  expand(...sizes: number[] | [Shape]): Tensor<Shape, D>;
  /** The elements as f32: of i32 the nearest; f32 stays the tensor that it is. */
  float(): Tensor<S>;
  /**
   * Elements along an axis by an i32 index of their own, whose shape the result
   * has: `scores.gather(1, labels.unsqueeze(1))`.
   */
  gather(dim: number, index: Tensor<Shape, "i32">): Tensor<Shape, D>;
  /** 1 where not below a tensor or a number, else 0. See {@linkcode ge}. */
  ge(other: Tensor<Shape, D> | number): Tensor;
  /** The Gaussian error linear unit, elementwise. See {@linkcode gelu}. */
  gelu(options?: GeluOptions): Tensor<S>;
  /** 1 where above a tensor or a number, else 0. See {@linkcode gt}. */
  gt(other: Tensor<Shape, D> | number): Tensor;
  /** Slices of an axis by their indices. See {@linkcode indexSelect}. */
  indexSelect(
    dim: number,
    index: Tensor<Shape, "i32"> | readonly number[],
  ): Tensor<Shape, D>;
  /** 1 where not above a tensor or a number, else 0. See {@linkcode le}. */
  le(other: Tensor<Shape, D> | number): Tensor;
  /** The leaky rectified linear unit, elementwise. See {@linkcode leakyRelu}. */
  leakyRelu(negativeSlope?: number): Tensor<S>;
  /** The natural logarithm, elementwise. See {@linkcode log}. */
  log(): Tensor<S>;
  /** The logarithm of the softmax along an axis. See {@linkcode logSoftmax}. */
  logSoftmax(dim: number): Tensor<S>;
  /** `log Σ exp(x)` of all elements, `[1]`, or along axes. See {@linkcode logsumexp}. */
  logsumexp(...axes: ReductionArguments): Tensor;
  /** 1 where below a tensor or a number, else 0. See {@linkcode lt}. */
  lt(other: Tensor<Shape, D> | number): Tensor;
  /** The product of matrices, in batches. See {@linkcode matmul}. */
  matmul(other: Tensor): Tensor;
  /** The largest of all elements, `[1]`. See {@linkcode max}. */
  max(): Tensor;
  /** The largest elements along an axis, and their indices. */
  max(dim: number, keepdim?: boolean): Extrema;
  /** The larger of it and a tensor or a number, broadcast. See {@linkcode maximum}. */
  maximum(other: Tensor | number): Tensor;
  /** The mean of all elements, `[1]`, or along axes. See {@linkcode mean}. */
  mean(...axes: ReductionArguments): Tensor;
  /** The smallest of all elements, `[1]`. See {@linkcode min}. */
  min(): Tensor;
  /** The smallest elements along an axis, and their indices. */
  min(dim: number, keepdim?: boolean): Extrema;
  /** The smaller of it and a tensor or a number, broadcast. See {@linkcode minimum}. */
  minimum(other: Tensor | number): Tensor;
  /** The product with a tensor or a number, broadcast. See {@linkcode mul}. */
  mul(other: Tensor | number): Tensor;
  /** 1 where not equal to a tensor or a number, else 0. See {@linkcode ne}. */
  ne(other: Tensor<Shape, D> | number): Tensor;
  /** `−x`, elementwise. See {@linkcode neg}. */
  neg(): Tensor<S>;
  /** The norm of all elements, `[1]`, or along axes. See {@linkcode norm}. */
  norm(p?: number, options?: ReductionOptions): Tensor;
  /** The axes in another order, copied. See {@linkcode permute}. */
  permute(...dims: number[] | [readonly number[]]): Tensor<Shape, D>;
  /** The power with a tensor or a number, broadcast. See {@linkcode pow}. */
  pow(exponent: Tensor | number): Tensor;
  /** `1 / x`, elementwise. See {@linkcode reciprocal}. */
  reciprocal(): Tensor<S>;
  /** `max(x, 0)`, elementwise. See {@linkcode relu}. */
  relu(): Tensor<S>;
  /** One slice of an axis, without that axis. See {@linkcode select}. */
  select(dim: number, index: number): Tensor<Shape, D>;
  /** The logistic function, elementwise. See {@linkcode sigmoid}. */
  sigmoid(): Tensor<S>;
  /** The sigmoid linear unit, elementwise. See {@linkcode silu}. */
  silu(): Tensor<S>;
  /** The elements `start : end : step` of an axis. See {@linkcode slice}. */
  slice(
    dim: number,
    start: number,
    end?: number,
    step?: number,
  ): Tensor<Shape, D>;
  /** The softmax along an axis. See {@linkcode softmax}. */
  softmax(dim: number): Tensor<S>;
  /** A smooth `relu`, elementwise. See {@linkcode softplus}. */
  softplus(beta?: number, threshold?: number): Tensor<S>;
  /** The square root, elementwise. See {@linkcode sqrt}. */
  sqrt(): Tensor<S>;
  /** `x²`, elementwise. See {@linkcode square}. */
  square(): Tensor<S>;
  /** The same elements without axes of size 1. See {@linkcode squeeze}. */
  squeeze(dim?: number | readonly number[]): Tensor<Shape, D>;
  /** The difference to a tensor or a number, broadcast. See {@linkcode sub}. */
  sub(other: Tensor | number): Tensor;
  /** The sum of all elements, `[1]`, or along axes. See {@linkcode sum}. */
  sum(...axes: ReductionArguments): Tensor;
  /** A matrix with rows and columns exchanged, copied. See {@linkcode transpose}. */
  t(): Tensor<Shape, D>;
  /** The hyperbolic tangent, elementwise. See {@linkcode tanh}. */
  tanh(): Tensor<S>;
  /** Two axes exchanged, copied. See {@linkcode transpose}. */
  transpose(dim0: number, dim1: number): Tensor<Shape, D>;
  /** The same elements with a new axis of size 1. See {@linkcode unsqueeze}. */
  unsqueeze(dim: number): Tensor<Shape, D>;
  /** The variance of all elements, `[1]`, or along axes. See {@linkcode variance}. */
  variance(options?: VarianceOptions): Tensor;
  /** Its elements where a condition holds, else another's. See {@linkcode where}. */
  where(condition: Tensor, other: Tensor | number): Tensor;
}

/** Which axes a reduction reduces, and what becomes of them. */
export interface ReductionOptions {
  /** Axes, from 0; negative ones count from the last, −1. Default: all. */
  dim?: number | readonly number[];
  /** Whether the reduced axes stay, with size 1. Default false. */
  keepdim?: boolean;
}

/** Options of {@linkcode gelu}. */
export interface GeluOptions {
  /**
   * `"tanh"` for the approximation by `tanh`, `"none"` for the function itself.
   * Default `"none"`.
   */
  approximate?: "none" | "tanh";
}

/** The axes of a reduction: as options, or by position as in PyTorch. */
export type ReductionArguments =
  | [options?: ReductionOptions]
  | [dim: number | readonly number[], keepdim?: boolean];

/** What a variance is taken along, and its divisor. */
export interface VarianceOptions extends ReductionOptions {
  /** What the number of elements is reduced by, to divide. Default 1. */
  correction?: number;
}

/**
 * The largest or smallest elements along an axis: `x.max(1).indices`, or as in
 * PyTorch `const [values, indices] = x.max(1)`.
 */
export interface Extrema extends Iterable<Tensor | Tensor<Shape, "i32">> {
  /** The elements. */
  readonly values: Tensor;
  /** Their indices along the axis: i32, without a gradient. */
  readonly indices: Tensor<Shape, "i32">;
  /** The elements, as the first of two. */
  readonly 0: Tensor;
  /** The indices, as the second. */
  readonly 1: Tensor<Shape, "i32">;
}

/** For each method the operation that it is, which takes the tensor first. */
export type MethodTable = {
  readonly [Name in keyof TensorMethods]: (
    // deno-lint-ignore no-explicit-any -- operations narrow shape and type
    x: any,
    ...args: Parameters<TensorMethods[Name]>
  ) => ReturnType<TensorMethods[Name]>;
};
