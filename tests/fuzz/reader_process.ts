import { fromFileUrl } from "@std/path";
import { LineProcess, type Lost } from "./_line_process.ts";
import type { Outcome } from "./process.ts";
import type { ReaderName } from "./readers.ts";

/** How the reading of a file ended; a process may also die or be stopped. */
export type Ending = Outcome | Lost & { readonly peakBytes: number };

/** A process that reads files, one after another, and is started anew. */
export class ReaderProcess implements AsyncDisposable {
  readonly #process: LineProcess;

  /** What it had before the first file, in bytes. */
  startBytes = 0;

  /** @param seconds It is stopped where a file takes longer. */
  constructor(reader: ReaderName, seconds: number) {
    // What a process had at most, Linux tells only who has all permissions.
    this.#process = new LineProcess(Deno.execPath(), [
      ...["run", "--quiet", "--no-check", "--allow-all"],
      fromFileUrl(new URL("process.ts", import.meta.url)),
      reader,
    ], seconds);
  }

  /** Has it read a file. */
  async read(file: Uint8Array): Promise<Ending> {
    const greeting: Outcome = JSON.parse(await this.#process.greeting());
    this.startBytes = greeting.peakBytes;
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, file);
    try {
      const answer = await this.#process.ask(path);
      return typeof answer === "string"
        ? JSON.parse(answer)
        : { ...answer, peakBytes: 0 };
    } finally {
      await Deno.remove(path);
    }
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
