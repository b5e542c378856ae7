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
  /** The sum with a tensor or a number, broadcast. See {@linkcode add}. */
  add(other: Tensor | number): Tensor;
  /** Indices of the largest elements along an axis, i32. See {@linkcode argmax}. */
  argmax(dim?: number, keepdim?: boolean): Tensor<Shape, "i32">;
  /** A copy in memory of its own; gradients flow through it. */
  clone(): Tensor<S, D>;
  /** Axes of size 1 repeated to sizes, copied. See {@linkcode expand}. */
  expand(...sizes: number[] | [Shape]): Tensor<Shape, D>;
  /** The quotient by a tensor or a number, broadcast. See {@linkcode div}. */
  div(other: Tensor | number): Tensor;
  /** Slices of an axis by their indices. See {@linkcode indexSelect}. */
  indexSelect(
    dim: number,
    index: Tensor<Shape, "i32"> | readonly number[],
  ): Tensor<Shape, D>;
  /** The logarithm of the softmax along an axis. See {@linkcode logSoftmax}. */
  logSoftmax(dim: number): Tensor<S>;
  /** `log Σ exp(x)` of all elements, `[1]`, or along axes. See {@linkcode logsumexp}. */
  logsumexp(options?: ReductionOptions): Tensor;
  /** The largest of all elements, `[1]`. See {@linkcode max}. */
  max(): Tensor<[number]>;
  /** The largest elements along an axis, and their indices. */
  max(dim: number, keepdim?: boolean): Extrema;
  /** The mean of all elements, `[1]`, or along axes. See {@linkcode mean}. */
  mean(options?: ReductionOptions): Tensor;
  /** The smallest of all elements, `[1]`. See {@linkcode min}. */
  min(): Tensor<[number]>;
  /** The smallest elements along an axis, and their indices. */
  min(dim: number, keepdim?: boolean): Extrema;
  /** The product with a tensor or a number, broadcast. See {@linkcode mul}. */
  mul(other: Tensor | number): Tensor;
  /** The norm of all elements, `[1]`, or along axes. See {@linkcode norm}. */
  norm(p?: number, options?: ReductionOptions): Tensor;
  /** The axes in another order, copied. See {@linkcode permute}. */
  permute(...dims: number[] | [readonly number[]]): Tensor<Shape, D>;
  /** `max(x, 0)`, elementwise. See {@linkcode relu}. */
  relu(): Tensor<S>;
  /** One slice of an axis, without that axis. See {@linkcode select}. */
  select(dim: number, index: number): Tensor<Shape, D>;
  /** The elements `start : end : step` of an axis. See {@linkcode slice}. */
  slice(
    dim: number,
    start: number,
    end?: number,
    step?: number,
  ): Tensor<Shape, D>;
  /** The softmax along an axis. See {@linkcode softmax}. */
  softmax(dim: number): Tensor<S>;
  /** The same elements without axes of size 1. See {@linkcode squeeze}. */
  squeeze(dim?: number | readonly number[]): Tensor<Shape, D>;
  /** The difference to a tensor or a number, broadcast. See {@linkcode sub}. */
  sub(other: Tensor | number): Tensor;
  /** The sum of all elements, `[1]`, or along axes. See {@linkcode sum}. */
  sum(options?: ReductionOptions): Tensor;
  /** Two axes exchanged, copied. See {@linkcode transpose}. */
  transpose(dim0: number, dim1: number): Tensor<Shape, D>;
  /** The same elements with a new axis of size 1. See {@linkcode unsqueeze}. */
  unsqueeze(dim: number): Tensor<Shape, D>;
  /** The variance of all elements, `[1]`, or along axes. See {@linkcode variance}. */
  variance(options?: VarianceOptions): Tensor;
}

/** Which axes a reduction reduces, and what becomes of them. */
export interface ReductionOptions {
  /** Axes, from 0; negative ones count from the last, −1. Default: all. */
  dim?: number | readonly number[];
  /** Whether the reduced axes stay, with size 1. Default false. */
  keepdim?: boolean;
}

/** What a variance is taken along, and its divisor. */
export interface VarianceOptions extends ReductionOptions {
  /** What the number of elements is reduced by, to divide. Default 1. */
  correction?: number;
}

/** The largest or smallest elements along an axis. */
export interface Extrema {
  /** The elements. */
  readonly values: Tensor;
  /** Their indices along the axis: i32, without a gradient. */
  readonly indices: Tensor<Shape, "i32">;
}

/** For each method the operation that it is, which takes the tensor first. */
export type MethodTable = {
  readonly [Name in keyof TensorMethods]: (
    // deno-lint-ignore no-explicit-any -- operations narrow shape and type
    x: any,
    ...args: Parameters<TensorMethods[Name]>
  ) => ReturnType<TensorMethods[Name]>;
};
