import { DataError } from "../base/errors.ts";

/** Files beside the weights that could not be written when last tried. */
export class Unwritten {
  readonly #errors = new Map<string, DataError>();

  /** Keeps a failure, and tells the first one in a row. */
  add(path: string, error: DataError): void {
    if (!this.#errors.has(path)) {
      console.error(`error: ${error.message} The training goes on.`);
    }
    this.#errors.set(path, error);
  }

  /** Forgets a file that was written after all. */
  delete(path: string): void {
    this.#errors.delete(path);
  }

  /** Writes a file, or keeps the failure. */
  async attempt(path: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.delete(path);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.add(path, error);
    }
  }

  /** The failures that are left, once the weights are saved. */
  get failures(): Error[] {
    return Array.from(this.#errors, ([path, cause]) => {
      const message = `the weights are saved, but not ${path}`;
      return new DataError(`${message}: ${cause.message}`, { cause });
    });
  }
}
