import { printAsText } from "../base/printing.ts";
import { guard } from "../core/guards.ts";
import { type RandomGenerator, randomGenerator } from "../core/random.ts";
import { checkShape } from "../core/shape.ts";
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

/** Values that a parameter is to have. */
export interface Draw {
  /** When it was asked for, among all draws of all parameters. */
  readonly order: number;
  /** Fills them in. */
  readonly initialise: Initialise;
  /** Whose numbers it takes; undefined for the model's generator. */
  readonly generator?: RandomGenerator;
}

let draws = 0;

/**
 * A tensor that training changes. It has a shape from the start, and memory
 * once its model is on a device.
 *
 * @category Modules
 */
export class Parameter {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The shape, as PyTorch has it. */
  readonly shape: Shape;
  /** What is to be drawn when there is memory. */
  #draws: Draw[];
  #memory: Memory | null = null;
  #requiresGrad = true;

  /**
   * Makes a parameter without memory.
   *
   * @param shape The shape, as PyTorch has it.
   * @param initialise Fills in the first values, with a generator's numbers or
   * without.
   * @throws {ShapeError} If it is no shape, but a tensor for instance.
   */
  constructor(shape: Shape, initialise: Initialise) {
    checkShape("a Parameter", shape);
    this.shape = shape;
    this.#draws = [{ order: draws++, initialise }];
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
    return tensorOf(this, this.memory);
  }

  /** As {@linkcode Parameter.tensor}, or null where there is none yet. */
  get memory(): Tensor | null {
    const memory = this.#memory;
    guard(this, () => this.#memory === memory);
    return memory?.tensor ?? null;
  }

  /** The memory that the parameter shares with its model's others. */
  get arena(): Arena {
    return this.#materialized.arena;
  }

  /** Start of the parameter in its arena, in elements. */
  get offset(): number {
    return this.#materialized.offset;
  }

  /**
   * Whether backward passes work out the gradient. A parameter without is
   * frozen: no kernel runs for its gradient, and optimizers pass it over once it
   * has none. Default true.
   */
  get requiresGrad(): boolean {
    return this.#memory?.tensor.requiresGrad ?? this.#requiresGrad;
  }

  set requiresGrad(requiresGrad: boolean) {
    this.#requiresGrad = requiresGrad;
    if (this.#memory !== null) this.#memory.tensor.requiresGrad = requiresGrad;
  }

  /**
   * Sets {@linkcode Parameter.requiresGrad}.
   *
   * @param requiresGrad Default true.
   * @returns The parameter itself.
   */
  requiresGrad_(requiresGrad = true): this {
    this.requiresGrad = requiresGrad;
    return this;
  }

  /** The gradient, or null where there is none. */
  get grad(): Tensor | null {
    return this.#memory?.tensor.grad ?? null;
  }

  /** Shape, element type and device: `Parameter([10, 1568], f32, cpu)`. */
  toString(): string {
    const device = this.#memory?.tensor.device.kind ?? "on no device yet";
    const facts = [`[${this.shape.join(", ")}]`, "f32", device];
    if (!this.requiresGrad) facts.push("requiresGrad: false");
    return `Parameter(${facts.join(", ")})`;
  }

  /**
   * Gives the parameter new values. Before it has memory they are noted, and
   * follow its first ones when it gets it, so that both come from the generator
   * in PyTorch's order.
   *
   * @param initialise Fills them in.
   * @param generator Its numbers; default is one with a random seed, or before
   * `model.to(device)` the generator of that.
   */
  fill(initialise: Initialise, generator?: RandomGenerator): void {
    if (this.#memory === null) {
      this.#draws.push({ order: draws++, initialise, generator });
      return;
    }
    fillTensor(this.#memory.tensor, initialise, generator);
  }

  /** Gives what is to be drawn, once. */
  takeDraws(): readonly Draw[] {
    const taken = this.#draws;
    this.#draws = [];
    return taken;
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
    const { requiresGrad } = this;
    const tensor = values.part(offset, this.shape, { requiresGrad });
    tensor.placeGradient(gradients.part(offset, this.shape));
    this.#memory = { arena, offset, tensor };
  }
}

/** Writes new values over a tensor's. */
export function fillTensor(
  { buffer, device, length }: Tensor,
  initialise: Initialise,
  generator?: RandomGenerator,
): void {
  const values = new Float32Array(length);
  initialise(values, generator ?? randomGenerator());
  device.write(buffer, values);
}
