import { describe, LibraryError } from "./errors.ts";
import { helpFor, isCompiled } from "./help.ts";
import { mustBeFetched } from "./offline.ts";

/**
 * Loads a library where it is needed.
 *
 * @param specifier Its package: `npm:NAME@VERSION`, and maybe a path within.
 * @param load Its `import()`.
 * @throws {LibraryError} If it cannot be loaded; `cause` is Deno's own error.
 */
export async function library<T>(
  specifier: `npm:${string}`,
  load: () => Promise<T>,
): Promise<T> {
  const what = `cannot load the library ${nameOf(specifier)}`;
  if (await mustBeFetched(specifier)) {
    throw new LibraryError(describe({
      what,
      expected: `${specifier} in Deno's cache`,
      got: "none, and --offline",
      help: "Leave out --offline once, where npm can be reached; Deno keeps " +
        "what it has fetched.",
    }));
  }
  try {
    return await load();
  } catch (cause) {
    throw new LibraryError(
      describe({
        what,
        got: (cause as Error).message.split("\n")[0],
        help: helpFor({
          program: isCompiled
            ? "This program has not been given it; Deno runs the command line " +
              "with all of them."
            : "Do it once more where npm can be reached; Deno keeps what it " +
              "has fetched.",
          page: "Give it to the page by a bundler: it is a package of npm.",
        }),
      }),
      { cause },
    );
  }
}

function nameOf(specifier: string): string {
  return /^npm:(@?[^@]+)@/.exec(specifier)![1];
}
