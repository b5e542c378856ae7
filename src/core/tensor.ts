import type {
  Device,
  DeviceBuffer,
  DType,
  HostArray,
  Lifetime,
  Operand,
} from "../devices/device.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { creationWith } from "./_creation.ts";
import { checkDifferentiable, Gradient } from "./_gradient.ts";
import { type NestedNumbers, nestedValues } from "./host_values.ts";
import { addLoose, collectLoose, removeLoose } from "./_loose.ts";
import { checkLabelFault } from "./label_fault.ts";
import { currentScope } from "./scope.ts";
import {
  axisOf,
  checkShape,
  elementsOf,
  flattened,
  reshaped,
  type Shape,
} from "./shape.ts";
import { tensorText } from "./tensor_text.ts";
import type { Creation } from "./tensor_creation.ts";
import type { MethodTable, TensorMethods } from "./tensor_methods.ts";

export { elementsOf, type Shape };

/**
 * The shape of a batch of images: `[N, C, H, W]`.
 *
 * @category Tensors
 */
export type Images = [n: number, c: number, h: number, w: number];

/**
 * The labels of a batch: i32 `[N]`, a class each.
 *
 * @category Tensors
 */
export type Labels = Tensor<Shape, "i32">;

/** A tensor of any shape and element type. */
// deno-lint-ignore no-explicit-any -- a tensor is covariant in neither
export type AnyTensor = Tensor<any, any>;

/** Where a tensor comes from; by default it is new. */
interface Origin extends TensorOptions {
  readonly owner?: AnyTensor;
  readonly root?: AnyTensor;
}

/** How to make a tensor. */
export interface TensorOptions {
  /** Whether a tape works out the gradient with respect to this tensor. Default false. */
  requiresGrad?: boolean;
}

/**
 * A dense, row-major array of numbers on a device.
 *
 * A tensor that is made under an open {@linkcode Tape} or in {@linkcode tidy}
 * is freed when that ends; others live until they are disposed of (`using`)
 * or collected, which {@linkcode Tensor.data} and {@linkcode Tensor.item} see to
 * where much memory waits for it.
 *
 * @typeParam S The shape's type: `[n: number, c: number]` where it is known.
 * @typeParam D The type of the elements; `f32` unless said otherwise.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3, 4, 5, 6], [2, 3]);
 * assertEquals(x.shape, [2, 3]);
 * assertEquals(await x.data(), new Float32Array([1, 2, 3, 4, 5, 6]));
 * ```
 *
 * @category Tensors
 */
export class Tensor<S extends Shape = Shape, D extends DType = "f32">
  implements Operand, Disposable {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Sizes of the dimensions, outermost first. */
  readonly shape: S;
  /** The type of the elements. */
  readonly dtype: D;
  /** Where the elements are. */
  readonly device: Device;
  /**
   * The tensor whose gradient and record this one shares: itself, unless it was
   * reshaped.
   */
  readonly root: AnyTensor;
  /** The tensor that has the memory: itself, unless this shares another's. */
  readonly owner: AnyTensor;
  /** The tape that recorded how this tensor came about, if one did. */
  tape: { backward(loss: AnyTensor): void } | null = null;
  /** Whether a captured function gives it, and frees it when it is disposed of. */
  isLent = false;

  /** The tensor that has the memory of this part, which must not be collected. */
  #whole: AnyTensor | null = null;
  #buffer: DeviceBuffer | null;
  readonly #gradient: Gradient<S>;

  private constructor(
    device: Device,
    shape: S,
    dtype: D,
    buffer: DeviceBuffer,
    { owner, requiresGrad = false, root }: Origin = {},
  ) {
    this.device = device;
    this.shape = shape;
    this.dtype = dtype;
    this.root = root ?? this;
    this.owner = owner ?? this;
    this.#gradient = new Gradient(this, requiresGrad, device.recording);
    this.#buffer = buffer;
  }

  /**
   * A tensor with arbitrary content, for a kernel to write.
   *
   * @throws {ShapeError} If a dimension is not a positive whole number.
   */
  static empty<const S extends Shape, D extends DType = "f32">(
    device: Device,
    shape: S,
    dtype: D = "f32" as D,
    lifetime: Lifetime = "pooled",
  ): Tensor<S, D> {
    checkShape("Tensor.empty", shape);
    return Tensor.#make(device, shape, dtype, lifetime, false);
  }

  static #make<S extends Shape, D extends DType>(
    device: Device,
    shape: S,
    dtype: D,
    lifetime: Lifetime,
    requiresGrad: boolean,
  ): Tensor<S, D> {
    if (requiresGrad) checkDifferentiable(dtype);
    const buffer = device.allocate(dtype, elementsOf(shape), lifetime);
    const tensor = new Tensor(device, shape, dtype, buffer, { requiresGrad });
    const scope = lifetime === "persistent" ? null : currentScope();
    if (scope !== null) scope.own(tensor);
    // What is made while a program is recorded belongs to the program.
    else if (lifetime === "persistent" || !device.recording) addLoose(tensor);
    return tensor;
  }

  static readonly #creation: Creation = creationWith(Tensor.#make);

  /** A tensor of values: nested arrays, or a typed array and a shape. */
  static readonly from: Creation["from"] = Tensor.#creation.from;
  /** A tensor of zeros of a shape. */
  static readonly zeros: Creation["zeros"] = Tensor.#creation.zeros;
  /** A tensor of ones of a shape. */
  static readonly ones: Creation["ones"] = Tensor.#creation.ones;
  /** A tensor of a shape with one value everywhere. */
  static readonly full: Creation["full"] = Tensor.#creation.full;
  /** Numbers from a start to before an end. */
  static readonly arange: Creation["arange"] = Tensor.#creation.arange;
  /** A matrix with ones on its diagonal. */
  static readonly eye: Creation["eye"] = Tensor.#creation.eye;
  /** A tensor of numbers evenly spread over [0, 1). */
  static readonly rand: Creation["rand"] = Tensor.#creation.rand;
  /** A tensor of normally distributed numbers. */
  static readonly randn: Creation["randn"] = Tensor.#creation.randn;

  /** A tensor over memory that somebody else owns and keeps alive. */
  static over<const S extends Shape, D extends DType = "f32">(
    device: Device,
    buffer: DeviceBuffer,
    shape: S,
    options: TensorOptions = {},
  ): Tensor<S, D> {
    return new Tensor(device, shape, buffer.dtype as D, buffer, options);
  }

  /** Elements of the tensor. */
  get length(): number {
    return elementsOf(this.shape);
  }

  /** Elements of the tensor, by PyTorch's name. */
  numel(): number {
    return this.length;
  }

  /** Number of dimensions. */
  dim(): number {
    return this.shape.length;
  }

  /** {@linkcode Tensor.shape} by PyTorch's other name. */
  size(): S;
  /**
   * The size of a dimension: `x.size(0)` of a batch.
   *
   * @param dim Which; negative ones count from the last.
   * @throws {RangeError} If there is no such dimension.
   */
  size(dim: number): number;
  size(dim?: number): S | number {
    const { shape } = this;
    return dim === undefined ? shape : shape[axisOf("size", shape, dim)];
  }

  /**
   * The tensor's memory.
   *
   * @throws {TypeError} If the tensor was freed.
   */
  get buffer(): DeviceBuffer {
    const buffer = this.owner.#buffer;
    if (buffer !== null) return buffer;
    throw new TypeError(describe({
      what: `use of a freed tensor of shape [${this.shape.join(", ")}]`,
      expected: "a tensor that still has its memory",
      got: "one that was disposed, or freed when its tape or tidy() ended",
      help: "Read it before that, or keep it: return it from tidy(), or call " +
        "tape.keep(tensor).",
    }));
  }

  /**
   * Whether a tape works out the gradient with respect to this tensor: a
   * parameter. It may be switched: the gradient of a frozen parameter is not
   * computed, and captured functions run anew.
   *
   * @throws {TypeError} On setting that of a tensor that was computed or
   * reshaped from another, or true where elements are not f32.
   */
  get requiresGrad(): boolean {
    return this.#gradient.isWanted;
  }

  set requiresGrad(requiresGrad: boolean) {
    if (this.root !== this || this.tape !== null) {
      throw new TypeError(describe({
        what: `requiresGrad of a tensor of shape [${this.shape.join(", ")}]`,
        expected: "a tensor that was made from values: a leaf",
        got: this.tape === null
          ? "a reshaped view"
          : "one that a tape recorded",
        help: "Switch it on the tensor that this came from, or on detach().",
      }));
    }
    if (requiresGrad) checkDifferentiable(this.dtype);
    this.#gradient.isWanted = requiresGrad;
  }

  /**
   * Sets {@linkcode Tensor.requiresGrad}.
   *
   * @param requiresGrad Default true.
   * @returns The tensor itself.
   */
  requiresGrad_(requiresGrad = true): this {
    this.requiresGrad = requiresGrad;
    return this;
  }

  /** Whether gradients flow into this tensor. */
  get needsGradient(): boolean {
    return this.root.tape !== null || this.root.requiresGrad;
  }

  /**
   * The gradients that backward passes have added up since
   * {@linkcode Tensor.zeroGrad}, or null where there were none.
   */
  get grad(): Tensor<S> | null {
    return this.#gradient.sum;
  }

  /** Forgets the gradient: the next backward pass starts anew. */
  zeroGrad(): void {
    this.#gradient.clear();
  }

  /**
   * {@linkcode Tape.backward} of the tape that recorded this loss, as PyTorch
   * writes it.
   *
   * @throws {TypeError} If no tape did, and where {@linkcode Tape.backward}
   * throws.
   *
   * @example
   * ```ts
   * import { openDevice, Tape, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * const x = Tensor.from(device, [1, 2, 3]).requiresGrad_();
   * {
   *   using _tape = new Tape();
   *   const loss = x.square().sum();
   *   loss.backward();
   * }
   * assertEquals(await x.grad?.tolist(), [2, 4, 6]);
   * ```
   */
  backward(): void {
    const { tape } = this.root;
    if (tape !== null) return tape.backward(this);
    throw new TypeError(describe({
      what: `backward() of a tensor of shape [${this.shape.join(", ")}]`,
      expected: "a loss that a tape recorded",
      got: "one that depends on no parameter, or that was made while no tape " +
        "was open",
      help: "Open one before the forward pass: `using tape = new Tape();`.",
    }));
  }

  /**
   * Where the next contribution to the gradient goes, and whether it must be
   * added to what is there. For the tape.
   */
  claimGradient(): { gradient: Tensor<S>; accumulate: boolean } {
    const { device, shape } = this;
    return this.#gradient.claim(() =>
      Tensor.empty(device, shape, "f32", "persistent")
    );
  }

  /** Gives the gradient its place in memory: a part of an arena. */
  placeGradient(gradient: Tensor<S>): void {
    this.#gradient.place(gradient);
  }

  /**
   * The same elements in another shape; shares this tensor's memory. Gradients
   * flow through.
   *
   * @param shape At most one dimension may be −1: what is left.
   * @throws {ShapeError} If they are no sizes, or the number of elements would
   * change.
   */
  reshape(shape: Shape): Tensor<Shape, D>;
  /** The same, of sizes one by one: `x.reshape(-1, 784)`. */
  reshape(...shape: number[]): Tensor<Shape, D>;
  reshape(...given: number[] | [Shape]): Tensor<Shape, D> {
    const { buffer, device, dtype, owner, root } = this;
    const isList = given.length === 1 && typeof given[0] !== "number";
    const target = reshaped(this.shape, (isList ? given[0] : given) as Shape);
    return new Tensor(device, target, dtype, buffer, { owner, root });
  }

  /** {@linkcode Tensor.reshape} by PyTorch's other name. */
  view(shape: Shape): Tensor<Shape, D>;
  /** The same, of sizes one by one: `x.view(-1, 320)`. */
  view(...shape: number[]): Tensor<Shape, D>;
  view(...given: number[] | [Shape]): Tensor<Shape, D> {
    return this.reshape(...given as number[]);
  }

  /**
   * The same elements without their history: no gradient flows back through the
   * result. It shares this tensor's memory.
   *
   * @example
   * ```ts
   * import { mul, openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * using x = Tensor.from(device, [3], [1], { requiresGrad: true });
   * {
   *   using tape = new Tape();
   *   tape.backward(sum(mul(x, x.detach())));
   * }
   * assertEquals(await x.grad?.item(), 3);
   * ```
   */
  detach(): Tensor<S, D> {
    const { buffer, device, dtype, owner, shape } = this;
    return new Tensor(device, shape, dtype, buffer, { owner });
  }

  /**
   * Elements that follow one another, in this tensor's memory, which lives as
   * long as the part does: a parameter in an arena.
   *
   * @param offset The first; a multiple of {@linkcode Device.alignment}.
   * @param shape Shape of the part.
   */
  part<const T extends Shape>(
    offset: number,
    shape: T,
    options: TensorOptions = {},
  ): Tensor<T, D> {
    const buffer = this.buffer.view(offset, elementsOf(shape));
    const part = Tensor.over<T, D>(this.device, buffer, shape, options);
    part.#whole = this;
    return part;
  }

  /**
   * The dimensions from one to another made one, by default all of them:
   * `x.flatten(1)` is what a linear layer takes. Shares this tensor's memory.
   *
   * @param startDim Default 0; negative ones count from the last.
   * @param endDim Default −1.
   * @throws {RangeError} If there is no such dimension, or the first comes after
   * the last.
   */
  flatten(startDim = 0, endDim = -1): Tensor<Shape, D> {
    return this.reshape(flattened(this.shape, startDim, endDim));
  }

  /**
   * Copies the elements to the host, after all work that was given before.
   *
   * @throws {DeviceError} Inside a captured function.
   * @throws {RangeError} If they have NaN, and a loss before had a label that is
   * no class.
   */
  async data(): Promise<HostArray<D>> {
    const { device } = this;
    const values = await device.read(this.buffer) as HostArray<D>;
    if (this.dtype === "f32") await checkLabelFault(device, values);
    const collection = collectLoose();
    if (collection !== null) await collection;
    return values;
  }

  /**
   * The elements as numbers in nested arrays, as PyTorch's `tolist()` gives
   * them; those of a tensor without dimensions as a number.
   *
   * @throws {DeviceError} Inside a captured function.
   */
  async tolist(): Promise<NestedNumbers> {
    return nestedValues(await this.data(), this.shape);
  }

  /**
   * The only element, as a number.
   *
   * @throws {ShapeError} If there is more than one.
   * @throws {DeviceError} Inside a captured function.
   */
  async item(): Promise<number> {
    if (this.length !== 1) {
      throw new ShapeError(describe({
        what: "item() of a tensor",
        expected: "one element",
        got: `shape [${this.shape.join(", ")}]`,
        help: "Use data() for all elements.",
      }));
    }
    return (await this.data())[0];
  }

  /**
   * The values as PyTorch's `print(tensor)` prints them: with four digits, and
   * above 1000 elements only the first and last three of each dimension.
   *
   * @throws {DeviceError} Inside a captured function.
   *
   * @example
   * ```ts
   * import { openDevice, Tensor } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * using device = await openDevice({ device: "cpu" });
   * using x = Tensor.from(device, [1, 2.5, -3, 0.125], [2, 2]);
   * assertEquals(
   *   await x.toText(),
   *   "tensor([[ 1.0000,  2.5000],\n        [-3.0000,  0.1250]])",
   * );
   * ```
   */
  async toText(): Promise<string> {
    const { device: { kind }, dtype, requiresGrad, shape } = this;
    const data = await this.data();
    return tensorText({ data, device: kind, dtype, requiresGrad, shape });
  }

  /**
   * Shape, element type and device in one line: `Tensor([2, 3], f32, cpu)`;
   * also whether it requires a gradient, and whether it was freed.
   */
  toString(): string {
    const facts = [`[${this.shape.join(", ")}]`, this.dtype, this.device.kind];
    if (this.requiresGrad) facts.push("requiresGrad");
    if (this.owner.#buffer === null) facts.push("freed");
    return `Tensor(${facts.join(", ")})`;
  }

  /**
   * Frees the memory. A tensor that shares another's frees nothing, nor does one
   * that a captured function gave.
   */
  [Symbol.dispose](): void {
    if (this.owner !== this || this.isLent || this.#buffer === null) return;
    removeLoose(this);
    currentScope()?.disown(this);
    this.device.release(this.#buffer);
    this.#buffer = null;
  }
}

/** The operations as methods: {@linkcode installMethods} gives them to the class. */
export interface Tensor<S extends Shape = Shape, D extends DType = "f32">
  extends TensorMethods<S, D> {}

/**
 * Makes operations methods of every tensor: `x.relu()` calls `relu(x)`. The
 * operations' own room does it, since this one knows none of them.
 */
export function installMethods(table: MethodTable): void {
  for (const [name, operation] of Object.entries(table)) {
    Object.defineProperty(Tensor.prototype, name, {
      value(this: AnyTensor, ...args: []) {
        return operation(this, ...args);
      },
      configurable: true,
      writable: true,
    });
  }
}
