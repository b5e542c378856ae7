import { TextLineStream } from "./_lines.ts";
import type { Outcome } from "./process.ts";
import type { ReaderName } from "./readers.ts";

/** How the reading of a file ended; a process may also die or be stopped. */
export type Ending =
  | Outcome
  | { kind: "stopped" | "died"; message: string; peakBytes: number };

/** A process that reads files, one after another, and is started anew. */
export class ReaderProcess implements AsyncDisposable {
  readonly #reader: ReaderName;
  readonly #seconds: number;
  #child: Deno.ChildProcess | null = null;
  #lines: ReadableStreamDefaultReader<string> | null = null;
  #input: WritableStreamDefaultWriter<Uint8Array> | null = null;

  /** What it had before the first file, in bytes. */
  startBytes = 0;

  /** @param seconds It is stopped where a file takes longer. */
  constructor(reader: ReaderName, seconds: number) {
    this.#reader = reader;
    this.#seconds = seconds;
  }

  /** Has it read a file. */
  async read(file: Uint8Array): Promise<Ending> {
    if (this.#child === null) await this.#start();
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, file);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#child?.kill("SIGKILL");
    }, this.#seconds * 1000);
    try {
      await this.#input!.write(new TextEncoder().encode(`${path}\n`));
      const { value } = await this.#lines!.read();
      if (value !== undefined) return JSON.parse(value);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    } finally {
      clearTimeout(timer);
      await Deno.remove(path);
    }
    const { code, signal } = await this.#child!.status;
    await this.#end();
    return isLate
      ? { kind: "stopped", message: `${this.#seconds} s`, peakBytes: 0 }
      : { kind: "died", message: `${signal ?? code}`, peakBytes: 0 };
  }

  async #start(): Promise<void> {
    // What a process had at most, Linux tells only who has all permissions.
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--allow-all"],
        new URL("process.ts", import.meta.url).pathname,
        this.#reader,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextLineStream())
      .getReader();
    const { value } = await this.#lines.read();
    this.startBytes = JSON.parse(value!).peakBytes;
  }

  async #end(): Promise<void> {
    const [child, input, lines] = [this.#child, this.#input, this.#lines];
    [this.#child, this.#input, this.#lines] = [null, null, null];
    await input?.close().catch(() => {}); // It may be closed by its end.
    await lines?.cancel();
    await child?.status;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
