import type { Device, DType } from "../devices/device.ts";
import type { DTypeOf, HostValues, NestedNumbers } from "./host_values.ts";
import type { RandomGenerator } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Tensor, TensorOptions } from "./tensor.ts";

/** How to make a tensor whose element type may be chosen. */
export interface ValueOptions<D extends DType> extends TensorOptions {
  /** The type of the elements. Default f32, or that of a typed array's. */
  dtype?: D;
}

/** How to make a tensor of random numbers. */
export interface RandomOptions extends TensorOptions {
  /** Draws the numbers, in place of one with `seed`. */
  generator?: RandomGenerator;
  /** As `torch.manual_seed` takes it. Default: numbers that nobody knows. */
  seed?: number;
}

/** Makes a tensor whose elements are the same everywhere. */
export interface UniformCreation {
  /** Of a shape, on a device. */
  <D extends DType = "f32">(
    device: Device,
    shape: Shape,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /** The same on the default device: see {@linkcode setDefaultDevice}. */
  <D extends DType = "f32">(
    shape: Shape,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
}

/** Makes a tensor of random numbers. */
export interface RandomCreation {
  /** Of a shape, on a device. */
  (
    device: Device,
    shape: Shape,
    options?: RandomOptions,
  ): Tensor;
  /** The same on the default device: see {@linkcode setDefaultDevice}. */
  (shape: Shape, options?: RandomOptions): Tensor;
}

/**
 * The functions that make tensors of values. Each takes a device first, or is on
 * the default one, see {@linkcode setDefaultDevice}.
 */
export interface Creation {
  /**
   * A tensor with values from the host: f32 from numbers or an array of floats,
   * u8 from a `Uint8Array` or `Uint8ClampedArray`, i32 from an array of other
   * integers; `dtype` converts them to another type.
   *
   * @throws {ShapeError} If a dimension is not a positive whole number, or there
   * are more or fewer values than elements.
   * @throws {RangeError} If a value is no integer in the range of i32 or u8,
   * where it is to be one.
   * @throws {TypeError} If the values are neither numbers nor a typed array.
   */
  from<
    V extends HostValues,
    D extends DType = DTypeOf<V>,
  >(
    device: Device,
    values: V,
    shape: Shape,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /**
   * The same of nested arrays, which have a shape of their own; a typed array
   * has one dimension, a number none.
   *
   * @throws {ShapeError} If arrays of one depth differ in length.
   *
   * @example
   * ```ts
   * import { openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * using x = Tensor.from(device, [[1, 2, 3], [4, 5, 6]]);
   * assertEquals(x.shape, [2, 3]);
   * using labels = Tensor.from(device, [2, 0], { dtype: "i32" });
   * assertEquals(await labels.tolist(), [2, 0]);
   * ```
   */
  from<V extends HostValues | NestedNumbers, D extends DType = DTypeOf<V>>(
    device: Device,
    values: V,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /** Values with a shape on the default device. */
  from<
    V extends HostValues,
    D extends DType = DTypeOf<V>,
  >(
    values: V,
    shape: Shape,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /** Nested arrays on the default device. */
  from<V extends HostValues | NestedNumbers, D extends DType = DTypeOf<V>>(
    values: V,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;

  /** Zeros. */
  readonly zeros: UniformCreation;
  /** Ones. */
  readonly ones: UniformCreation;

  /**
   * One value everywhere.
   *
   * @throws {RangeError} If it is no integer where the elements are.
   */
  full<D extends DType = "f32">(
    device: Device,
    shape: Shape,
    value: number,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /** The same on the default device. */
  full<D extends DType = "f32">(
    shape: Shape,
    value: number,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;

  /**
   * The numbers `start, start + step, …` before `end`: `arange(end)`,
   * `arange(start, end)` or `arange(start, end, step)`, f32 unless `dtype` says
   * otherwise.
   *
   * @throws {RangeError} If there is no such number.
   *
   * @example
   * ```ts
   * import { openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * using x = Tensor.arange(device, 4);
   * using y = Tensor.arange(device, 5, 0, -2, { dtype: "i32" });
   * assertEquals(await x.data(), new Float32Array([0, 1, 2, 3]));
   * assertEquals(await y.data(), new Int32Array([5, 3, 1]));
   * ```
   */
  arange<D extends DType = "f32">(
    device: Device,
    ...range: RangeArguments<D>
  ): Tensor<Shape, D>;
  /** The same on the default device. */
  arange<D extends DType = "f32">(
    ...range: RangeArguments<D>
  ): Tensor<Shape, D>;

  /**
   * Ones where row and column are equal, and zeros elsewhere: `[rows, columns]`.
   *
   * @throws {ShapeError} If a size is not a positive whole number.
   */
  eye<D extends DType = "f32">(
    device: Device,
    rows: number,
    columns?: number,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;
  /** The same on the default device. */
  eye<D extends DType = "f32">(
    rows: number,
    columns?: number,
    options?: ValueOptions<D>,
  ): Tensor<Shape, D>;

  /**
   * Numbers evenly spread over [0, 1): `torch.rand`'s for a seed.
   *
   * @throws {TypeError} Inside a captured function, which would draw once.
   */
  readonly rand: RandomCreation;
  /**
   * Normally distributed numbers of mean 0 and standard deviation 1:
   * `torch.randn`'s for a seed.
   *
   * @throws {TypeError} Inside a captured function, which would draw once.
   *
   * @example
   * ```ts
   * import { openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * // torch.manual_seed(0); torch.randn(2)
   * using x = Tensor.randn(device, [2], { seed: 0 });
   * assertEquals(await x.toText(), "tensor([ 1.5410, -0.2934])");
   * ```
   */
  readonly randn: RandomCreation;
}

/** The arguments of {@linkcode Creation.arange} after the device. */
export type RangeArguments<D extends DType> =
  | [end: number, options?: ValueOptions<D>]
  | [start: number, end: number, options?: ValueOptions<D>]
  | [start: number, end: number, step: number, options?: ValueOptions<D>];
