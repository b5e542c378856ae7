import { describe, LibraryError } from "../../base/errors.ts";

/** The page's programs: its own, and its worker's. */
export interface PagePrograms {
  readonly page: string;
  /** With as much of the library as it uses. */
  readonly engine: string;
}

/**
 * Makes both programs, a file each.
 *
 * @throws {LibraryError} If they cannot be made: by a Deno without its bundler,
 * in a compiled program, or where the bundler cannot be fetched.
 */
export async function bundlePage(): Promise<PagePrograms> {
  try {
    return {
      page: await bundled("script.ts"),
      engine: await bundled("../engine/worker.ts"),
    };
  } catch (cause) {
    throw new LibraryError(
      describe({
        what: "the page cannot be made",
        got: (cause as Error).message.split("\n")[0],
        help: "Start the server by `deno task serve`, once where npm can be " +
          "reached; predictions over HTTP need no page.",
      }),
      { cause },
    );
  }
}

async function bundled(path: string): Promise<string> {
  const { errors, outputFiles } = await Deno.bundle({
    entrypoints: [new URL(path, import.meta.url).href],
    platform: "browser",
    minify: true,
    // The names of layers are shown.
    keepNames: true,
    write: false,
  });
  const [output] = outputFiles ?? [];
  if (output === undefined) throw new Error(errors[0]?.text);
  return output.text();
}
