/** A line of a terminal that is written over and over; elsewhere nothing. */
export class StatusLine implements Disposable {
  readonly #isShown: boolean;
  readonly #encoder = new TextEncoder();
  #isDrawn = false;

  /**
   * Draws nothing yet.
   *
   * @param isShown Whether people watch; in a file there is no such line.
   */
  constructor(isShown: boolean) {
    this.#isShown = isShown && Deno.stdout.isTerminal();
  }

  /** Shows a text, as much as fits, in place of the one before. */
  show(text: string): void {
    if (!this.#isShown) return;
    const { columns } = Deno.consoleSize();
    this.#write(`\r\x1b[K${text.slice(0, columns - 1)}`);
    this.#isDrawn = true;
  }

  /** Takes the line away, so that others can be printed. */
  clear(): void {
    if (this.#isDrawn) this.#write("\r\x1b[K");
    this.#isDrawn = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #write(text: string): void {
    Deno.stdout.writeSync(this.#encoder.encode(text));
  }
}
