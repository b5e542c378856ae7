import { describe } from "../base/errors.ts";
import type { AnyTensor } from "./tensor.ts";

let current: Scope | null = null;

/** The innermost scope that is open, or null. */
export function currentScope(): Scope | null {
  return current;
}

/**
 * Owns every tensor that is made while it is open, and frees them all when it
 * closes. A {@linkcode Tape} is a scope that also records.
 *
 * Inside a scope that is no tape nothing is recorded.
 *
 * @example
 * ```ts
 * import { add, openDevice, Scope, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using scope = new Scope();
 * const one = Tensor.from(device, [1, 2], [2]);
 * const sum = add(one, one); // freed with the scope
 * assertEquals(await sum.data(), new Float32Array([2, 4]));
 * ```
 */
export class Scope implements Disposable {
  readonly #parent: Scope | null = current;
  readonly #owned = new Set<AnyTensor>();

  /** Opens a scope inside the one that is open now. */
  constructor() {
    current = this;
  }

  /** Takes a tensor that was made just now. */
  own(tensor: AnyTensor): void {
    this.#owned.add(tensor);
  }

  /** Lets go of a tensor: whoever calls this answers for it now. */
  disown(tensor: AnyTensor): void {
    this.#owned.delete(tensor);
  }

  /**
   * Lets a tensor outlive this scope: it belongs to the scope around it, or
   * lives until it is disposed of or collected.
   */
  keep<T extends AnyTensor>(tensor: T): T {
    const { root } = tensor;
    if (this.#owned.delete(root)) this.#parent?.own(root);
    return tensor;
  }

  /**
   * Frees what the scope owns.
   *
   * @throws {TypeError} If a scope inside it is still open.
   */
  [Symbol.dispose](): void {
    if (current !== this) {
      throw new TypeError(describe({
        what: "a tape or scope closed out of order",
        expected: "the innermost one to close first",
        got: "one that still has another open inside it",
        help: "Open each with `using`, and await nothing that opens others " +
          "meanwhile.",
      }));
    }
    current = this.#parent;
    for (const tensor of this.#owned) tensor[Symbol.dispose]();
    this.#owned.clear();
  }
}

/**
 * Runs a function without recording and frees all that it made but what it
 * returns: PyTorch's `no_grad`. Outside a tape nothing is recorded anyway.
 *
 * @param run Returns the tensor to keep.
 */
export function noGrad<T extends AnyTensor>(run: () => T): T {
  using scope = new Scope();
  return scope.keep(run());
}
