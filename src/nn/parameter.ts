import { printAsText } from "../base/printing.ts";
import type { RandomGenerator } from "../core/random.ts";
import { elementsOf, type Shape, type Tensor } from "../core/tensor.ts";
import { notMaterialized, tensorOf } from "./_materialized.ts";

/** Fills a parameter with its first values. */
export type Initialise = (
  values: Float32Array,
  generator: RandomGenerator,
) => void;

/** The parameters of a model, side by side in one piece of memory. */
export interface Arena {
  /** All values, with gaps where an alignment asks for them. */
  readonly values: Tensor<[number]>;
  /** All gradients, at the same offsets; the gaps are zeros. */
  readonly gradients: Tensor<[number]>;
  /** The parameters in it. */
  readonly parameters: readonly Parameter[];
}

/** A parameter's memory in its arena. */
interface Memory {
  readonly arena: Arena;
  readonly offset: number;
  readonly tensor: Tensor;
}

/**
 * A tensor that training changes. It has a shape from the start, and memory
 * once its model is on a device.
 */
export class Parameter {
  static {
    printAsText(this.prototype);
  }

  /** The shape, as PyTorch has it. */
  readonly shape: Shape;
  readonly #initialise: Initialise;
  #memory: Memory | null = null;

  /**
   * Makes a parameter without memory.
   *
   * @param shape The shape, as PyTorch has it.
   * @param initialise Fills in the first values, with a generator's numbers or
   * without.
   */
  constructor(shape: Shape, initialise: Initialise) {
    this.shape = shape;
    this.#initialise = initialise;
  }

  /** Elements of the parameter. */
  get length(): number {
    return elementsOf(this.shape);
  }

  /** Whether the parameter has memory. */
  get isMaterialized(): boolean {
    return this.#memory !== null;
  }

  /**
   * The values, on the model's device.
   *
   * @throws {TypeError} Before `model.to(device)`, or if that did not find the
   * parameter.
   */
  get tensor(): Tensor {
    return tensorOf(this, this.#memory?.tensor ?? null);
  }

  /** The memory that the parameter shares with its model's others. */
  get arena(): Arena {
    return this.#materialized.arena;
  }

  /** Start of the parameter in its arena, in elements. */
  get offset(): number {
    return this.#materialized.offset;
  }

  /** The gradient, or null where there is none. */
  get grad(): Tensor | null {
    return this.#memory?.tensor.grad ?? null;
  }

  /** Shape, element type and device: `Parameter([10, 1568], f32, cpu)`. */
  toString(): string {
    const device = this.#memory?.tensor.device.kind ?? "on no device yet";
    return `Parameter([${this.shape.join(", ")}], f32, ${device})`;
  }

  /** Draws the first values. */
  initialise(values: Float32Array, generator: RandomGenerator): void {
    this.#initialise(values, generator);
  }

  get #materialized(): Memory {
    if (this.#memory === null) throw notMaterialized();
    return this.#memory;
  }

  /**
   * Gives the parameter its memory.
   *
   * @param arena Memory of all parameters of the model.
   * @param offset Where the parameter begins in it, in elements.
   */
  materialize(arena: Arena, offset: number): void {
    const { gradients, values } = arena;
    const tensor = values.part(offset, this.shape, { requiresGrad: true });
    tensor.placeGradient(gradients.part(offset, this.shape));
    this.#memory = { arena, offset, tensor };
  }
}
