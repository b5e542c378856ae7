import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import { guard } from "../core/guards.ts";
import { reshaped } from "../core/shape.ts";
import type { Device } from "../devices/device.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { tensorOf } from "./_materialized.ts";

/** The element types of buffers, and what holds their first values. */
export interface BufferValues {
  /** Numbers. */
  f32: Float32Array;
  /** Counts. */
  i32: Int32Array;
}

/** A {@linkcode ModuleBuffer} in a state dictionary: name, shape, presence. */
export interface BufferOptions {
  /** Its name there, as PyTorch has it; the field's name if left out. */
  name?: string;
  /** Its shape there; default `[length]`. */
  shape?: Shape;
  /** Whether it is there at all. Default true. */
  persistent?: boolean;
}

/**
 * A tensor of a model that no gradient changes: running statistics, counts.
 *
 * @example PyTorch's `register_buffer("mean", torch.tensor([2.0, 3.0]))`
 * ```ts
 * import { Module, ModuleBuffer, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * class Centre extends Module {
 *   mean = new ModuleBuffer("f32", Float32Array.of(2, 3));
 *   override forward(x: Tensor): Tensor {
 *     return x.sub(this.mean.tensor);
 *   }
 * }
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Centre().to(device);
 * using x = Tensor.from(device, [[2, 4], [5, 3]]);
 * assertEquals(await model.forward(x).tolist(), [[0, 1], [3, 0]]);
 * assertEquals([...(await model.stateDict()).keys()], ["mean"]);
 * ```
 *
 * @category Modules
 */
export class ModuleBuffer<D extends keyof BufferValues = "f32"> {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The name in a state dictionary, if it is not the field's. */
  readonly name: string | null;
  /** The shape in a state dictionary. */
  readonly shape: Shape;
  /** Whether a state dictionary has it. */
  readonly persistent: boolean;
  /** Type of the elements. */
  readonly dtype: D;
  readonly #values: BufferValues[D];
  #tensor: Tensor<[number], D> | null = null;

  /**
   * Makes a buffer that gets memory with its model.
   *
   * @param dtype What the elements are.
   * @param values The first values.
   * @param options What it is in a state dictionary.
   * @throws {ShapeError} If the shape has more or fewer elements.
   */
  constructor(dtype: D, values: BufferValues[D], options: BufferOptions = {}) {
    checkOptions("ModuleBuffer", options, ["name", "persistent", "shape"]);
    const { name = null, persistent = true, shape = [values.length] } = options;
    this.name = name;
    this.shape = reshaped([values.length], shape);
    this.persistent = persistent;
    this.dtype = dtype;
    this.#values = values;
  }

  /** Elements of the buffer. */
  get length(): number {
    return this.#values.length;
  }

  /**
   * The values, on the model's device: `[length]`.
   *
   * @throws {TypeError} Before `model.to(device)`, or if that did not find the
   * buffer.
   */
  get tensor(): Tensor<[number], D> {
    return tensorOf(this, this.memory);
  }

  /** As {@linkcode ModuleBuffer.tensor}, or null where there is none yet. */
  get memory(): Tensor<[number], D> | null {
    const tensor = this.#tensor;
    guard(this, () => this.#tensor === tensor);
    return tensor;
  }

  /** Shape, element type and device: `ModuleBuffer([16], f32, cpu)`. */
  toString(): string {
    const device = this.#tensor?.device.kind ?? "on no device yet";
    const shape = `[${this.shape.join(", ")}]`;
    return `ModuleBuffer(${shape}, ${this.dtype}, ${device})`;
  }

  /** Makes the buffer on a device, with its first values. */
  materialize(device: Device): void {
    const size: [number] = [this.length];
    this.#tensor = Tensor.empty(device, size, this.dtype, "persistent");
    device.write(this.#tensor.buffer, this.#values);
  }
}
