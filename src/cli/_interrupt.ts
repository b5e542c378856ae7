/** The signals that ask for an end, with their exit status: 128 + number. */
const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof statuses;

/** Windows has `Ctrl-C` alone. */
const signals: readonly Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGHUP", "SIGINT", "SIGTERM"];

/** A signal stopped the command, which left everything in order. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  /**
   * The stop by a signal.
   *
   * @param status The exit status that it means.
   */
  constructor(readonly status: number) {
    super();
  }
}

/**
 * Turns `Ctrl-C` into an orderly stop, and the signals of a closed terminal and
 * of a system that shuts down, until it is disposed of.
 */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #end: string;
  readonly #listeners = signals.map((signal) =>
    [signal, () => this.#heard(signal)] as const
  );

  /**
   * Listens from now on: the first signal aborts {@linkcode Interrupt.signal},
   * the second ends the program at once.
   *
   * @param end When the program then stops, as the user reads it.
   */
  constructor(end = "after this step") {
    this.#end = end;
    for (const [signal, listener] of this.#listeners) {
      Deno.addSignalListener(signal, listener);
    }
  }

  /** Is aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops as the first `Ctrl-C` does; asked again, it does nothing more. */
  stop(): void {
    if (!this.signal.aborted) this.#heard("SIGINT");
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) {
      Deno.removeSignalListener(signal, listener);
    }
  }

  #heard(signal: Signal): void {
    const status = statuses[signal];
    if (this.signal.aborted) Deno.exit(status);
    // First, so that who draws in the terminal leaves it clean for the text.
    this.#controller.abort(new Interrupted(status));
    const again = signal === "SIGINT" ? "Ctrl-C" : signal;
    console.error(`stopping ${this.#end}; ${again} again stops at once`);
  }
}
