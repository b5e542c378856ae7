import { describe } from "../base/errors.ts";
import { addLoose } from "./_loose.ts";
import type { AnyTensor } from "./tensor.ts";

let current: Scope | null = null;

/** The innermost scope that is open, or null. */
export function currentScope(): Scope | null {
  return current;
}

/**
 * Owns every tensor that is made while it is open, and frees them all when it
 * closes: what {@linkcode tidy} opens. A {@linkcode Tape} is a scope that also
 * records.
 *
 * Inside a scope that is no tape nothing is recorded.
 */
export class Scope implements Disposable {
  #parent: Scope | null = current;
  readonly #owned = new Set<AnyTensor>();

  /** Opens a scope inside the one that is open now. */
  constructor() {
    current = this;
  }

  /** Takes a tensor that was made just now. */
  own(tensor: AnyTensor): void {
    this.#owned.add(tensor);
  }

  /**
   * Lets go of a tensor: whoever calls this answers for it now.
   *
   * @returns Whether the scope owned it.
   */
  disown(tensor: AnyTensor): boolean {
    return this.#owned.delete(tensor);
  }

  /**
   * Lets a tensor outlive this scope: it belongs to the scope around it, or
   * lives until it is disposed of or collected.
   */
  keep<T extends AnyTensor>(tensor: T): T {
    const owner: AnyTensor = tensor.owner;
    if (!this.#owned.delete(owner)) return tensor;
    if (this.#parent !== null) this.#parent.own(owner);
    // What is made while a program is recorded belongs to the program.
    else if (!owner.device.recording) addLoose(owner);
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
        help: "Open each with `using`, in a block that awaits nothing.",
      }));
    }
    this.abort();
  }

  /** Frees what the scope owns, whatever is still open inside it. */
  abort(): void {
    this.#unlink();
    for (const tensor of this.#owned) tensor[Symbol.dispose]();
    this.#owned.clear();
  }

  /** Closes the scope and leaves its tensors to the collector. */
  protected abandon(): void {
    this.#unlink();
    this.#parent = null;
    for (const tensor of this.#owned) this.keep(tensor);
  }

  /** Takes the scope out of those that are open. */
  #unlink(): void {
    if (current === this) current = this.#parent;
    for (let inner = current; inner !== null; inner = inner.#parent) {
      if (inner.#parent === this) inner.#parent = this.#parent;
    }
  }
}

/**
 * Runs a function in a scope of its own. The function's own error comes before
 * one about what it left open.
 *
 * @throws {TypeError} If the function left a scope open.
 */
export function inScope<T>(run: (scope: Scope) => T): T {
  const scope = new Scope();
  let result: T;
  try {
    result = run(scope);
  } catch (error) {
    scope.abort();
    throw error;
  }
  scope[Symbol.dispose]();
  return result;
}

/** The results of a function that owns its tensors: tensors, or nothing. */
export type TensorResult =
  | AnyTensor
  | readonly AnyTensor[]
  | Readonly<Record<string, AnyTensor>>
  | void;

/**
 * The tensors of a result.
 *
 * @param what Names the result in errors.
 * @param help What to do instead.
 * @throws {TypeError} If it is anything but tensors, a promise above all.
 */
export function tensorsOf(
  result: unknown,
  what: string,
  help: string,
): readonly AnyTensor[] {
  if (result === undefined) return [];
  const isGroup = typeof result === "object" && result !== null &&
    !(result instanceof Promise) && !isTensor(result);
  const parts: readonly unknown[] = isGroup ? Object.values(result) : [result];
  if (parts.every(isTensor)) return parts;
  throw new TypeError(describe({
    what,
    expected: "tensors, or a list or record of tensors, or nothing",
    got: result instanceof Promise ? "a promise" : typeof result,
    help,
  }));
}

// Not `instanceof Tensor`: tensor.ts needs the open scope, and imports this file.
function isTensor(value: unknown): value is AnyTensor {
  return typeof value === "object" && value !== null && "owner" in value &&
    "buffer" in value;
}

/**
 * Runs a function and frees every tensor that it made, except the ones that it
 * returns. No tape records meanwhile.
 *
 * The function must be synchronous: what owns tensors may not span an `await`,
 * where other code makes tensors of its own. Read values outside.
 *
 * @param run Returns the tensors to keep: one, a list, a record, or nothing.
 * @throws {TypeError} If it returns anything else, such as a promise.
 *
 * @example
 * ```ts
 * import { add, openDevice, Tensor, tidy } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using one = Tensor.from(device, [1, 2], [2]);
 * using four = tidy(() => {
 *   const two = add(one, one); // freed at the end
 *   return add(two, two);
 * });
 * assertEquals(await four.data(), new Float32Array([4, 8]));
 * ```
 *
 * @category Gradients
 */
export function tidy<T extends TensorResult>(run: () => T): T {
  return keepingResult("tidy", run);
}

/**
 * Runs a function without recording and frees all that it made but what it
 * returns: PyTorch's `no_grad`. Outside a tape nothing is recorded anyway.
 *
 * @param run Returns the tensors to keep: one, a list, a record, or nothing.
 * @throws {TypeError} If it returns anything else, such as a promise.
 *
 * @example
 * ```ts
 * import { noGrad, openDevice, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Tensor.from(device, [1, 2]).requiresGrad_();
 * {
 *   using tape = new Tape();
 *   const { double, sum } = noGrad(() => ({ double: x.mul(2), sum: x.sum() }));
 *   tape.backward(x.mul(double).add(sum).sum());
 * }
 * assertEquals(await x.grad?.tolist(), [2, 4]);
 * ```
 *
 * @category Gradients
 */
export function noGrad<T extends TensorResult>(run: () => T): T {
  return keepingResult("noGrad", run);
}

/** Runs a function in a scope that its result outlives. */
function keepingResult<T extends TensorResult>(name: string, run: () => T): T {
  return inScope((scope) => {
    const result = run();
    const tensors = tensorsOf(
      result,
      `result of ${name}()`,
      "Return tensors from a synchronous function, and await their values " +
        "outside it.",
    );
    for (const tensor of tensors) scope.keep(tensor);
    return result;
  });
}
