import type { AnyTensor } from "../core/tensor.ts";
import { runForward, type Running } from "./_running.ts";
import type { Module } from "./module.ts";

/** A module's `forward`. */
export type ForwardMethod = (...inputs: never[]) => unknown;

/** The inputs of a module: tensors, where its class is not known. */
export type ForwardInputs<M extends Module> = Parameters<M["forward"]> extends
  never[] ? AnyTensor[] : Parameters<M["forward"]>;

/**
 * Called before a module's `forward`, with its inputs. What it returns, if
 * anything, are the inputs instead: an array of them, or the only one.
 *
 * @category Modules
 */
export type ForwardPreHook<M extends Module = Module> = (
  module: M,
  inputs: ForwardInputs<M>,
) => readonly ForwardInputs<M>[number][] | ForwardInputs<M>[number] | void;

/**
 * Called after a module's `forward`, with its inputs and its output. What it
 * returns, if anything, is the output instead.
 *
 * @category Modules
 */
export type ForwardHook<M extends Module = Module> = (
  module: M,
  inputs: ForwardInputs<M>,
  output: ReturnType<M["forward"]>,
) => ReturnType<M["forward"]> | void;

/** Whose `forward` is called; a class may have it as a field only. */
interface Owner extends Running {
  forward?: ForwardMethod;
}

type PreHook = (module: never, inputs: never) => unknown;
type Hook = (module: never, inputs: never, output: never) => unknown;

/** Of each function that a {@linkcode ForwardCall} made: the method it calls. */
const methods = new WeakMap<ForwardMethod, () => ForwardMethod | null>();

/**
 * The method that a call of a module's `forward` runs, or null where hooks run
 * with it.
 */
export function methodOf(
  { forward }: { forward: ForwardMethod },
): ForwardMethod | null {
  const method = methods.get(forward);
  return method === undefined ? forward : method();
}

/**
 * The `forward` that a module has as its own: it calls the method of the
 * module's class, and the hooks around it.
 */
export class ForwardCall {
  readonly #owner: Owner;
  readonly #before = new Set<{ readonly hook: PreHook }>();
  readonly #after = new Set<{ readonly hook: Hook }>();
  readonly #inherited: ForwardMethod | undefined;
  /** The method that the hooks surround: inherited, or a replacement. */
  #method: ForwardMethod | undefined;
  /** The function that surrounds it with the hooks. */
  #surrounding: ForwardMethod | undefined;

  /** Takes the place of the `forward` of the owner's class. */
  constructor(owner: Owner) {
    this.#owner = owner;
    this.#inherited = owner.forward;
    this.#surround();
  }

  /** Adds a hook that sees, and may replace, the inputs. */
  addPreHook(hook: PreHook): Disposable {
    return this.#add(this.#before, { hook });
  }

  /** Adds a hook that sees inputs and output, and may replace the output. */
  addHook(hook: Hook): Disposable {
    return this.#add(this.#after, { hook });
  }

  #add<H>(hooks: Set<H>, hook: H): Disposable {
    this.#surround();
    hooks.add(hook);
    return {
      [Symbol.dispose]: () => {
        hooks.delete(hook);
        if (!this.#hasHooks) this.#restore();
      },
    };
  }

  get #hasHooks(): boolean {
    return this.#before.size + this.#after.size > 0;
  }

  /** Surrounds the owner's `forward`: at first its class's, later a field's. */
  #surround(): void {
    const { forward } = this.#owner;
    if (forward === undefined || forward === this.#surrounding) return;
    this.#method = forward;
    this.#surrounding = (...inputs) => this.#call(forward, inputs);
    methods.set(this.#surrounding, () => this.#hasHooks ? null : forward);
    this.#owner.forward = this.#surrounding;
  }

  /** Gives back a `forward` that came from a field or an assignment. */
  #restore(): void {
    if (this.#owner.forward !== this.#surrounding) return;
    if (this.#method !== this.#inherited) this.#owner.forward = this.#method;
  }

  #call(method: ForwardMethod, inputs: readonly unknown[]): unknown {
    // A replacement may call what it replaced: the hooks surround both at once.
    if (!this.#hasHooks || method !== this.#method) {
      return runForward(this.#owner, method, inputs);
    }
    const owner = this.#owner as never;
    let given = inputs;
    for (const { hook } of [...this.#before]) {
      const result = hook(owner, given as never) ?? given;
      given = Array.isArray(result) ? result : [result];
    }
    let output = runForward(this.#owner, method, given);
    for (const { hook } of [...this.#after]) {
      output = hook(owner, given as never, output as never) ?? output;
    }
    return output;
  }
}
