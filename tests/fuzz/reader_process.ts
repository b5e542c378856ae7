import { TextLineStream } from "./_lines.ts";
import type { Outcome } from "./process.ts";
import type { ReaderName } from "./readers.ts";

/** How the reading of a file ended; a process may also die or be stopped. */
export type Ending =
  | Outcome
  | { kind: "stopped" | "died"; message: string; peakBytes: number };

/** How long a process may take to load its reader, and to end, in seconds. */
const START_SECONDS = 300, END_SECONDS = 10;

/** Kills a process after a time, unless it is disposed before. */
class Deadline implements Disposable {
  readonly #timer: ReturnType<typeof setTimeout>;
  /** Whether the time is over. */
  isOver = false;

  constructor(child: Deno.ChildProcess, seconds: number) {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    child.status.then(end, end);
    this.#timer = setTimeout(() => {
      this.isOver = true;
      if (!hasEnded) child.kill("SIGKILL");
    }, seconds * 1000);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

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
    using deadline = new Deadline(this.#child!, this.#seconds);
    try {
      await this.#input!.write(new TextEncoder().encode(`${path}\n`));
      const { value } = await this.#lines!.read();
      if (value !== undefined) return JSON.parse(value);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    } finally {
      await Deno.remove(path);
    }
    const { code, signal } = await this.#child!.status;
    await this.#end();
    return deadline.isOver
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
    using _deadline = new Deadline(this.#child, START_SECONDS);
    const { value } = await this.#lines.read();
    if (value === undefined) {
      const { code, signal } = await this.#child.status;
      throw new Error(`the reader does not start: ${signal ?? code}`);
    }
    this.startBytes = JSON.parse(value).peakBytes;
  }

  async #end(): Promise<void> {
    const [child, input, lines] = [this.#child, this.#input, this.#lines];
    [this.#child, this.#input, this.#lines] = [null, null, null];
    await input?.close().catch(() => {}); // It may be closed by its end.
    await lines?.cancel();
    if (child === null) return;
    // A reader may have left something behind that keeps its process alive.
    using _deadline = new Deadline(child, END_SECONDS);
    await child.status;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
