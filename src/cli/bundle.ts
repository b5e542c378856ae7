import { join, resolve, toFileUrl } from "@std/path";
import { describe, LibraryError } from "../base/errors.ts";
import { makeFolder, writeFileAtomic } from "../formats/files.ts";
import { bundleProgram } from "../serve/page/bundle.ts";
import type { Command } from "./_command.ts";
import { usage } from "./_options.ts";
import { Output } from "./_output.ts";

/** `deno task bundle`. */
export const bundle: Command = {
  name: "bundle",
  anyFiles: {
    name: "PROGRAM",
    help: "a module of yours, of which the files take what it uses of the " +
      "library; without it they are the library",
  },
  groups: [{
    options: [{
      name: "out",
      value: "DIR",
      default: "browser",
      help: "where the files go",
    }],
  }],
  notes: "A page imports the first file in a script of type module; it loads " +
    "the others when it needs them: a device, the shipped weights. Any server " +
    "of files will do.",
  async run(given) {
    const { files: [program, ...others], values } = given;
    const output = new Output("bundle", given);
    if (others.length > 0) throw usage("bundle", "expected one PROGRAM");
    const files = await made(
      program === undefined
        ? new URL("../browser/mod.ts", import.meta.url)
        : toFileUrl(resolve(program)),
    );
    await makeFolder(values.out);
    const encoder = new TextEncoder();
    let bytes = 0;
    for (const [name, text] of files) {
      const file = encoder.encode(text);
      bytes += file.length;
      await writeFileAtomic(join(values.out, name), file);
    }
    const [first] = files.keys();
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    output.say(
      `${files.size} files, ${size}, are in ${values.out}; a page imports ` +
        join(values.out, first),
    );
  },
};

async function made(entry: URL): Promise<ReadonlyMap<string, string>> {
  try {
    return await bundleProgram(entry.href, true);
  } catch (cause) {
    throw new LibraryError(
      describe({
        what: `bundle: ${entry.pathname.split("/").at(-1)}`,
        expected: "a module, and Deno's bundler",
        got: (cause as Error).message.split("\n")[0],
        help: cause instanceof SyntaxError
          ? "Put `using` into a block, `{ using device = …; }`, or export " +
            "nothing beside it."
          : "Mend the module; or do it by Deno, with --unstable-bundle, once " +
            "where npm can be reached.",
      }),
      { cause },
    );
  }
}
