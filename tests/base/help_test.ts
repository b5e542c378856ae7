/** What helps name: commands and flags on a command line alone. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { testWith } from "../permissions.ts";

const root = fromFileUrl(new URL("../..", import.meta.url));

/** The files of the library that a page may have, relative to the root. */
async function filesOfPage(): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/browser/mod.ts"],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string }[];
  };
  const own = new URL("../..", import.meta.url).href;
  return modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith(own))
    .map((specifier) => specifier.slice(own.length))
    .filter((file) => /^(src|kernels)\//.test(file));
}

/** What no help in a page may name: Deno, its tasks, flags, and packages. */
const foreign = /\bdeno (task|run|upgrade)|\bDeno\b|(^|[\s`])--[a-z]|apt-get/;

/** A literal of text. */
const literals = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

testWith("read", "run")("no error speaks to a page of Deno", async () => {
  const files = await filesOfPage();
  assert(files.includes("src/devices/webgpu/adapter.ts"));
  const found: string[] = [];
  for (const file of files) {
    const source = await Deno.readTextFile(root + file);
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
      // Helps in the words of each way to have come, a page among them.
      .replaceAll(
        /helpFor\(\{[\s\S]*?\n\s*\}\)/g,
        (helps) =>
          /\bpage:/.test(helps) || !foreign.test(programOf(helps)) ? "" : helps,
      );
    for (const [text] of code.matchAll(literals)) {
      if (foreign.test(text)) found.push(`${file}: ${text}`);
    }
  }
  assertEquals(found.filter((line) => !allowed.test(line)), []);
});

/** A help without the part for the command line. */
function programOf(helps: string): string {
  return helps.replace(/\bcli:[\s\S]*$/, "");
}

/** Where Deno is known to be there: its version, and the command line's option. */
const allowed =
  /^src\/base\/(help|deno_version|printing|offline)\.ts: |`Deno \$\{|Deno's cache|--offline/;
