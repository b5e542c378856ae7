/**
 * `deno task compile`: one program of the command line, with what draws charts. The
 * arguments are those of `deno compile`, which takes them before the module alone,
 * and a task's come last.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { echarts } from "../src/report/echarts.ts";

/** Arguments that embed a package of npm, and of its files this module alone. */
async function embedding(specifier: string): Promise<string[]> {
  // Fetches it, where Deno has not kept it.
  await import(specifier);
  const module = new URL(import.meta.resolve(specifier));
  const kept = /^(package\.json|LICENSE|NOTICE|dist)$/;
  const others = [
    ...await entriesBut(kept, new URL("..", module)),
    ...await entriesBut(
      /(\.esm\.min\.mjs|package\.json)$/,
      new URL(".", module),
    ),
  ];
  return [
    ...["--include", specifier],
    ...others.flatMap((path) => ["--exclude", path]),
  ];
}

/** The paths of what is in a folder, but for some names. */
async function entriesBut(names: RegExp, folder: URL): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!names.test(name)) paths.push(fromFileUrl(new URL(name, folder)));
  }
  return paths;
}

const given = Deno.args.some((arg) => /^(-o|--output)(=|$)/.test(arg));
const output = given ? [] : ["--output", "mnist-cnn"];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["compile", ...output, ...await embedding(echarts), ...Deno.args],
    "src/cli/mod.ts",
  ],
}).spawn().status;
Deno.exit(code);
