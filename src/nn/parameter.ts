import type { RandomGenerator } from "../core/random.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import { placed } from "./_placed.ts";

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
  /** Who is in it. */
  readonly parameters: readonly Parameter[];
}

/** Where a parameter is in its arena. */
interface Place {
  readonly arena: Arena;
  readonly offset: number;
  readonly tensor: Tensor;
}

/**
 * A tensor that training changes. It has a shape from the start, and memory
 * once its model is on a device.
 */
export class Parameter {
  /** The shape, as PyTorch has it. */
  readonly shape: Shape;
  readonly #initialise: Initialise;
  #place: Place | null = null;

  /**
   * Checks and keeps the arguments.
   *
   * @param shape The shape.
   * @param initialise Fills in the first values.
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
  get isPlaced(): boolean {
    return this.#place !== null;
  }

  /**
   * The values, on the model's device.
   *
   * @throws {TypeError} If the model is on no device yet.
   */
  get tensor(): Tensor {
    return placed(this.#place).tensor;
  }

  /** The memory that the parameter shares with its model's others. */
  get arena(): Arena {
    return placed(this.#place).arena;
  }

  /** Where the parameter begins in its arena, in elements. */
  get offset(): number {
    return placed(this.#place).offset;
  }

  /** The gradient, or null where there is none. */
  get grad(): Tensor | null {
    return this.#place?.tensor.grad ?? null;
  }

  /** Draws the first values. */
  initialise(values: Float32Array, generator: RandomGenerator): void {
    this.#initialise(values, generator);
  }

  /** Gives the parameter its place. */
  placeIn(arena: Arena, offset: number): void {
    const { gradients, values } = arena;
    const { device } = values;
    const tensor = Tensor.over(
      device,
      values.buffer.view(offset, this.length),
      this.shape,
      { requiresGrad: true },
    );
    tensor.placeGradient(gradients.buffer.view(offset, this.length));
    this.#place = { arena, offset, tensor };
  }
}
