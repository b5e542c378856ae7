import { fromFileUrl } from "@std/path";
import { isPermitted } from "../permissions.ts";
import { LineProcess } from "./_line_process.ts";

/** What the reference reads files with. */
export const MODULES = ["csv", "numpy", "onnx", "pillow", "torch"] as const;

/** A module of Python that reads files. */
export type Module = typeof MODULES[number];

/** What the reference made of a file: its content, or why it reads none. */
export type Answer<Content> =
  | { readonly content: Content; readonly refusal?: undefined }
  | { readonly refusal: string };

/** Debian's Python first, which apt-get gives the modules to. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** A file that takes the reference longer is none that it reads, in seconds. */
const SECONDS = 300;

/** One process of Python that reads files, one after another. */
export class Reference implements AsyncDisposable {
  readonly #process: LineProcess;

  private constructor(process: LineProcess, readonly modules: Module[]) {
    this.#process = process;
  }

  /** Starts it; null where there is no Python, or none that may run. */
  static async start(): Promise<Reference | null> {
    if (!isPermitted("run")) return null;
    const script = fromFileUrl(new URL("reference.py", import.meta.url));
    for (const python of PYTHONS) {
      const process = new LineProcess(python, [script], SECONDS);
      try {
        const modules = JSON.parse(await process.greeting());
        return new Reference(process, modules);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return null;
  }

  /** Has it read a file of a format. */
  async read<Content>(
    format: string,
    file: Uint8Array,
  ): Promise<Answer<Content>> {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, file);
      const answer = await this.#process.ask(JSON.stringify({ format, path }));
      if (typeof answer === "string") return JSON.parse(answer);
      return { refusal: `${answer.kind}: ${answer.message}` };
    } finally {
      await Deno.remove(path);
    }
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
