import { describe, LibraryError } from "../../base/errors.ts";
import { bundlerMustBeFetched } from "../../base/offline.ts";
import { lowerUsing } from "./lower_using.ts";

/** The page's programs: its own, and its worker's. */
export interface PagePrograms {
  readonly page: string;
  /** With as much of the library as it uses. */
  readonly engine: string;
}

/** Both, once they are made: for all servers of a program. */
let programs: Promise<PagePrograms> | null = null;

/**
 * Makes both programs, a file each, for browsers that do not know `using` too.
 *
 * @throws {LibraryError} If they cannot be made: by a Deno without its bundler,
 * in a compiled program, or where the bundler cannot be fetched.
 */
export async function bundlePage(): Promise<PagePrograms> {
  try {
    if (await bundlerMustBeFetched()) {
      throw new Error("no bundler in Deno's cache, and --offline");
    }
    return await (programs ??= bundleBoth());
  } catch (cause) {
    // The next request tries once more.
    programs = null;
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

async function bundleBoth(): Promise<PagePrograms> {
  return {
    page: await bundled("script.ts"),
    engine: await bundled("../engine/worker.ts"),
  };
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
  return await lowerUsing(output.text());
}
