/**
 * Writes Python's pickle format, protocol 2, as far as a state dictionary needs
 * it. The format: https://docs.python.org/3/library/pickletools.html
 */
export class PickleWriter {
  readonly #bytes: number[] = [0x80, 2]; // PROTO

  /** A string. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.#bytes.push(0x58, ...word(bytes.length), ...bytes); // BINUNICODE
  }

  /** A whole number from 0 to below 2⁵³. */
  integer(value: number): void {
    if (value < 2 ** 31) {
      this.#bytes.push(0x4a, ...word(value)); // BININT
      return;
    }
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.push(0x8a, 8, ...word(value % 2 ** 32), ...word(high)); // LONG1
  }

  /** False. */
  false(): void {
    this.#bytes.push(0x89); // NEWFALSE
  }

  /** A class or function by its name. */
  global(module: string, name: string): void {
    const text = new TextEncoder().encode(`${module}\n${name}\n`);
    this.#bytes.push(0x63, ...text); // GLOBAL
  }

  /** A tuple of the values that `write` writes. */
  tuple(write: () => void): void {
    this.#bytes.push(0x28); // MARK
    write();
    this.#bytes.push(0x74); // TUPLE
  }

  /** The result of a call with the arguments that `write` writes. */
  call(module: string, name: string, write: () => void): void {
    this.global(module, name);
    this.tuple(write);
    this.#bytes.push(0x52); // REDUCE
  }

  /** The object whose persistent id is the tuple that `write` writes. */
  persistent(write: () => void): void {
    this.tuple(write);
    this.#bytes.push(0x51); // BINPERSID
  }

  /** Keys and values, written in turn, for the dictionary before them. */
  items(write: () => void): void {
    this.#bytes.push(0x28); // MARK
    write();
    this.#bytes.push(0x75); // SETITEMS
  }

  /** All bytes, with the end. */
  end(): Uint8Array {
    return Uint8Array.from([...this.#bytes, 0x2e]); // STOP
  }
}

/** Four bytes, the least significant first. */
function word(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}
