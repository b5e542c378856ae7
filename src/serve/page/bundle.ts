import { describe, LibraryError } from "../../base/errors.ts";
import { isCompiled } from "../../base/help.ts";
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
        help: isCompiled
          ? "Deno runs the same command with the page; predictions over HTTP " +
            "need none."
          : "Do it once more by a Deno of 2.5 or later, with --unstable-bundle, " +
            "where npm can be reached; predictions over HTTP need no page.",
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
  const url = new URL(path, import.meta.url);
  const [script] = (await bundleProgram(url.href, false)).values();
  return script;
}

/** `Deno.bundle`, which is not among the types of a program without its flag. */
const bundler = Deno as unknown as {
  bundle(options: Record<string, unknown>): Promise<{
    readonly errors: readonly { readonly text: string }[];
    readonly outputFiles?: readonly {
      readonly path: string;
      text(): string;
    }[];
  }>;
};

/**
 * Makes a program for pages of a module and all that it imports.
 *
 * @param entry The module's address.
 * @param isSplit Whether what it imports when it needs it has a file of its own.
 * @returns The files by name, the entry first.
 * @throws {Error} If it cannot be made; the message is the bundler's.
 */
export async function bundleProgram(
  entry: string,
  isSplit: boolean,
): Promise<ReadonlyMap<string, string>> {
  const { errors, outputFiles = [] } = await bundler.bundle({
    entrypoints: [entry],
    platform: "browser",
    minify: true,
    // The names of layers are shown.
    keepNames: true,
    ...isSplit ? { codeSplitting: true, outputDir: "/" } : {},
    write: false,
  });
  if (outputFiles.length === 0) throw new Error(errors[0]?.text);
  const files = new Map<string, string>();
  for (const file of outputFiles) {
    const name = file.path.replace(/^.*[\\/]/, "");
    files.set(name, await lowerUsing(file.text()));
  }
  const own = entry.replace(/^.*\//, "").replace(/\.\w+$/, ".js");
  const script = files.get(own);
  return script === undefined ? files : new Map([[own, script], ...files]);
}
