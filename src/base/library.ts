import { describe, LibraryError } from "./errors.ts";

/**
 * Loads a library where it is needed.
 *
 * @param name What it is called, for people.
 * @param load Its `import()`.
 * @throws {LibraryError} If it cannot be loaded; `cause` is Deno's own error.
 */
export async function library<T>(
  name: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new LibraryError(
      describe({
        what: `cannot load the library ${name}`,
        got: (cause as Error).message.split("\n")[0],
        help: "Do it once more where npm can be reached; Deno keeps what it " +
          "has fetched.",
      }),
      { cause },
    );
  }
}
