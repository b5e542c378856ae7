import { describe, LibraryError } from "../../base/errors.ts";

/**
 * The program of the page, with as much of the library as it uses, in one file.
 *
 * @throws {LibraryError} If it cannot be made: by a Deno without its bundler, in
 * a compiled program, or where the bundler cannot be fetched.
 */
export async function bundlePage(): Promise<string> {
  try {
    const { errors, outputFiles } = await Deno.bundle({
      entrypoints: [new URL("script.ts", import.meta.url).href],
      platform: "browser",
      minify: true,
      write: false,
    });
    const [output] = outputFiles ?? [];
    if (output === undefined) throw new Error(errors[0]?.text);
    return output.text();
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
