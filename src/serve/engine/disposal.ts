/**
 * `Symbol.dispose` and `DisposableStack` for browsers that do not know them, as
 * much of both as the worker's program uses.
 *
 * @module
 */

if (Symbol.dispose === undefined) {
  Object.assign(Symbol, { dispose: Symbol.for("Symbol.dispose") });
}

/** Disposes of values, the last first: tc39.es/proposal-explicit-resource-management */
export class OwnDisposableStack implements Disposable {
  readonly #ends: (() => void)[] = [];

  /** Disposes of a value in the end, unless there is none. */
  use<T extends Disposable | null | undefined>(value: T): T {
    if (value === null || value === undefined) return value;
    const dispose = value[Symbol.dispose];
    if (typeof dispose !== "function") {
      throw new TypeError("expected something with Symbol.dispose");
    }
    this.defer(() => dispose.call(value));
    return value;
  }

  /** Calls a function in the end. */
  defer(end: () => void): void {
    this.#ends.push(end);
  }

  /** Disposes of all; an error says which it suppressed. */
  dispose(): void {
    const errors: unknown[] = [];
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) {
      try {
        end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 0) return;
    throw errors.reduce((suppressed, error) =>
      Object.assign(new Error("disposal failed"), {
        name: "SuppressedError",
        error,
        suppressed,
      })
    );
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

Object.assign(globalThis, {
  DisposableStack: globalThis.DisposableStack ?? OwnDisposableStack,
});
