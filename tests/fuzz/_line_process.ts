import { TextLineStream } from "./_lines.ts";

/** How a process ended that owed an answer. */
export interface Lost {
  readonly kind: "stopped" | "died";
  readonly message: string;
}

/** How long a process may take to start, and to end, in seconds. */
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

/**
 * A process that prints a line when it is ready and answers every line by a
 * line; started when it is asked, and anew after it has ended.
 */
export class LineProcess implements AsyncDisposable {
  readonly #program: string;
  readonly #args: string[];
  readonly #seconds: number;
  #child: Deno.ChildProcess | null = null;
  #lines: ReadableStreamDefaultReader<string> | null = null;
  #input: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #greeting = "";

  /** @param seconds It is stopped where an answer takes longer. */
  constructor(program: string, args: string[], seconds: number) {
    this.#program = program;
    this.#args = args;
    this.#seconds = seconds;
  }

  /** Starts it, unless it runs, and returns the first line that it printed. */
  async greeting(): Promise<string> {
    if (this.#child === null) await this.#start();
    return this.#greeting;
  }

  /** The answer to a line; or how the process ended instead. */
  async ask(line: string): Promise<string | Lost> {
    await this.greeting();
    using deadline = new Deadline(this.#child!, this.#seconds);
    try {
      await this.#input!.write(new TextEncoder().encode(`${line}\n`));
      const { value } = await this.#lines!.read();
      if (value !== undefined) return value;
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
    const { code, signal } = await this.#child!.status;
    await this.#end();
    return deadline.isOver
      ? { kind: "stopped", message: `${this.#seconds} s` }
      : { kind: "died", message: `${signal ?? code}` };
  }

  async #start(): Promise<void> {
    this.#child = new Deno.Command(this.#program, {
      args: this.#args,
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
      throw new Error(`${this.#program} does not start: ${signal ?? code}`);
    }
    this.#greeting = value;
  }

  async #end(): Promise<void> {
    const [child, input, lines] = [this.#child, this.#input, this.#lines];
    [this.#child, this.#input, this.#lines] = [null, null, null];
    await input?.close().catch(() => {}); // It may be closed by its end.
    await lines?.cancel();
    if (child === null) return;
    // It may have left something behind that keeps it alive.
    using _deadline = new Deadline(child, END_SECONDS);
    await child.status;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
