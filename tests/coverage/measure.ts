import { fromFileUrl, join } from "@std/path";
import { mergeScriptCovs, type ScriptCov } from "npm:@bcoe/v8-coverage@1.0.2";

const root = fromFileUrl(new URL("../..", import.meta.url));
const source = new URL("../../src/", import.meta.url).href;

/**
 * What V8 counts of `src/` while tests run: in their process, in its workers, and
 * in the programs that they start, which get its folder by an environment
 * variable.
 */
export class Measurement {
  readonly #merged = new Map<string, ScriptCov>();

  /** Runs tests and adds what they cover; whether all of them passed. */
  async run(files: readonly string[]): Promise<boolean> {
    const folder = await Deno.makeTempDir();
    try {
      const { success } = await deno([
        ...["test", "--no-check", "--parallel", "--allow-all"],
        ...["--unstable-webgpu", "--reporter=dot", "--coverage-raw-data-only"],
        `--coverage=${folder}`,
        ...files,
      ]);
      await this.#add(folder);
      return success;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  async #add(folder: string): Promise<void> {
    const found = Map.groupBy(
      await Array.fromAsync(scriptsIn(folder)),
      ({ url }) => url,
    );
    for (const [url, scripts] of found) {
      const earlier = this.#merged.get(url);
      const all = earlier === undefined ? scripts : [earlier, ...scripts];
      this.#merged.set(url, mergeScriptCovs(all)!);
    }
  }

  /** Deno's report of all that was counted, as LCOV. */
  async lcov(): Promise<string> {
    const folder = await Deno.makeTempDir();
    try {
      for (const script of this.#merged.values()) {
        const path = join(folder, `${crypto.randomUUID()}.json`);
        await Deno.writeTextFile(path, JSON.stringify(script));
      }
      const { stdout } = await deno(["coverage", "--lcov", folder], "piped");
      return new TextDecoder().decode(stdout);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

/** What V8 counted of the files of `src/`, once for each process. */
async function* scriptsIn(folder: string): AsyncGenerator<ScriptCov> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".json")) continue;
    const text = await Deno.readTextFile(join(folder, name));
    const script: ScriptCov = JSON.parse(text);
    if (script.url.startsWith(source)) yield script;
  }
}

function deno(
  args: readonly string[],
  stdout: "inherit" | "piped" = "inherit",
) {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout,
    stderr: "inherit",
  }).output();
}
