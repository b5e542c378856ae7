/**
 * A process that lives on and answers requests, a line of JSON each.
 *
 * @module
 */

import { join } from "@std/path";
import { TextLineStream } from "../fuzz/_lines.ts";
import { ANSWER } from "./_protocol.ts";
import { environment, running, watchTime } from "./run.ts";

/** An answer; or that there is none: it took too long, or the process ended. */
export type Answer<T> = { readonly answer: T } | "late" | "ended";

/** A process in a checkout, started where it is needed. */
export class LivingProcess<Request, T> {
  readonly #root: string;
  readonly #program: string;
  readonly #mostRequests: number;
  #process: Deno.ChildProcess | null = null;
  #input: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #output: ReadableStreamDefaultReader<string> | null = null;
  #requests = 0;

  /**
   * @param root The path of the checkout.
   * @param program The file that it runs, from the root.
   * @param mostRequests After so many it starts anew. Default: any number.
   */
  constructor(root: string, program: string, mostRequests = Infinity) {
    this.#root = root;
    this.#program = program;
    this.#mostRequests = mostRequests;
  }

  /** Whether it is as it started. */
  get isFresh(): boolean {
    return this.#process === null || this.#requests >= this.#mostRequests;
  }

  /**
   * Asks for an answer.
   *
   * @param mostSeconds On processors, for this request.
   */
  async ask(request: Request, mostSeconds: number): Promise<Answer<T>> {
    if (this.isFresh) this.#start();
    this.#requests++;
    const { pid } = this.#process!;
    const answered = Promise.withResolvers<void>();
    const watch = watchTime(pid, mostSeconds, answered.promise);
    const line = JSON.stringify(request) + "\n";
    await this.#input!.write(new TextEncoder().encode(line));
    const answer = await this.#nextAnswer();
    answered.resolve();
    const { isLate } = await watch;
    if (isLate || answer === null) this.#forget();
    if (isLate) return "late";
    return answer === null ? "ended" : { answer };
  }

  /** Ends the process. */
  close(): void {
    if (this.#process !== null) Deno.kill(-this.#process.pid, "SIGKILL");
    this.#forget();
  }

  #forget(): void {
    if (this.#process !== null) running.delete(this.#process.pid);
    this.#process = null;
  }

  async #nextAnswer(): Promise<T | null> {
    while (true) {
      const { done, value } = await this.#output!.read();
      if (done) return null;
      const at = value.indexOf(ANSWER);
      if (at >= 0) return JSON.parse(value.slice(at + ANSWER.length));
    }
  }

  #start(): void {
    this.close();
    this.#requests = 0;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--unstable-webgpu", "--allow-all"],
        join(this.#root, this.#program),
      ],
      cwd: this.#root,
      env: environment,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
    running.add(this.#process.pid);
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextLineStream())
      .getReader();
  }
}
