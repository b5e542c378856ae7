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
  /** A copy in memory of its own; gradients flow through it. */
  clone(): Tensor<S, D>;
  /** The quotient by a tensor or a number, broadcast. See {@linkcode div}. */
  div(other: Tensor | number): Tensor;
  /** The mean of all elements, `[1]`, or along axes. See {@linkcode mean}. */
  mean(options?: ReductionOptions): Tensor;
  /** The product with a tensor or a number, broadcast. See {@linkcode mul}. */
  mul(other: Tensor | number): Tensor;
  /** `max(x, 0)`, elementwise. See {@linkcode relu}. */
  relu(): Tensor<S>;
  /** The difference to a tensor or a number, broadcast. See {@linkcode sub}. */
  sub(other: Tensor | number): Tensor;
  /** The sum of all elements, `[1]`, or along axes. See {@linkcode sum}. */
  sum(options?: ReductionOptions): Tensor;
}

/** Which axes a reduction reduces, and what becomes of them. */
export interface ReductionOptions {
  /** Axes, from 0; negative ones count from the last, −1. Default: all. */
  dim?: number | readonly number[];
  /** Whether the reduced axes stay, with size 1. Default false. */
  keepdim?: boolean;
}

/** For each method the operation that it is, which takes the tensor first. */
export type MethodTable = {
  readonly [Name in keyof TensorMethods]: (
    // deno-lint-ignore no-explicit-any -- operations narrow shape and type
    x: any,
    ...args: Parameters<TensorMethods[Name]>
  ) => ReturnType<TensorMethods[Name]>;
};
