/** Exit status of a program that `Ctrl-C` stopped: 128 + SIGINT. */
export const interruptedStatus = 130;

/** `Ctrl-C` stopped the command, which left everything in order. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Turns `Ctrl-C` into an orderly stop, until it is disposed of. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #listener = () => this.#heard();

  /**
   * Listens from now on: the first `Ctrl-C` aborts the signal, the second ends
   * the program at once.
   */
  constructor() {
    Deno.addSignalListener("SIGINT", this.#listener);
  }

  /** Is aborted by the first `Ctrl-C`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#listener);
  }

  #heard(): void {
    if (this.signal.aborted) Deno.exit(interruptedStatus);
    // First, so that who draws in the terminal leaves it clean for the text.
    this.#controller.abort(new Interrupted());
    console.error("stopping after this step; Ctrl-C again stops at once");
  }
}
