import { describe } from "../base/errors.ts";
import type { DType } from "../devices/device.ts";
import { guard, sideEffect } from "./guards.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** Whether a tensor's gradient is wanted, and what has been added up of it. */
export class Gradient<S extends Shape> {
  readonly #tensor: object;
  /** Whether nobody can switch it between two replays: the program made it. */
  readonly #isOfProgram: boolean;
  #isWanted: boolean;
  #sum: Tensor<S> | null = null;
  #hasSum = false;

  /** @param tensor The tensor that captured functions watch. */
  constructor(tensor: object, isWanted: boolean, isOfProgram: boolean) {
    this.#tensor = tensor;
    this.#isWanted = isWanted;
    this.#isOfProgram = isOfProgram;
  }

  /** Whether the tensor is a parameter; a captured function relies on it. */
  get isWanted(): boolean {
    const isWanted = this.#isWanted;
    if (!this.#isOfProgram) guard(this, () => this.#isWanted === isWanted);
    return isWanted;
  }

  set isWanted(isWanted: boolean) {
    sideEffect(this, () => {
      this.#isWanted = isWanted;
    });
  }

  /** The gradients added up so far, or null where there are none. */
  get sum(): Tensor<S> | null {
    return this.#hasSum ? this.#sum : null;
  }

  /** Gives the sum its place; it has none so far. */
  place(sum: Tensor<S>): void {
    this.#sum = sum;
    this.#hasSum = false;
  }

  /** Forgets the sum, and keeps its place. */
  clear(): void {
    sideEffect(this.#tensor, () => {
      this.#hasSum = false;
    });
  }

  /**
   * The sum's place, for another gradient, which must be added if there is a sum.
   *
   * @param make Makes the place where there is none.
   */
  claim(
    make: () => Tensor<S>,
  ): { gradient: Tensor<S>; accumulate: boolean } {
    const accumulate = this.#hasSum;
    guard(this.#tensor, () => this.#hasSum === accumulate);
    this.#sum ??= make();
    sideEffect(this.#tensor, () => {
      this.#hasSum = true;
    });
    return { gradient: this.#sum, accumulate };
  }
}

/** Throws for elements that have no gradient. */
export function checkDifferentiable(dtype: DType): void {
  if (dtype === "f32") return;
  throw new TypeError(describe({
    what: "requiresGrad",
    expected: "f32 elements",
    got: dtype,
    help: "Only f32 tensors have gradients: make it from numbers.",
  }));
}
