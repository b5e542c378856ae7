import { fromFileUrl, join } from "@std/path";
import type { Profiler } from "node:inspector";
import { mergeScriptCovs } from "npm:@bcoe/v8-coverage@1.0.2";
import { type Counted, readLcov, together } from "./lcov.ts";
import { pageLines } from "./page_lines.ts";
import { pagePrefix } from "./page_programs.ts";

const root = fromFileUrl(new URL("../..", import.meta.url));
const source = new URL("../../src/", import.meta.url).href;

/** Whether a script is of Deno's: a file, and not what a page loads. */
const isFile = ({ url }: { url: string }) => url.startsWith(source);

/**
 * What V8 counts of `src/` while tests run: in their process, in its workers, and
 * in the programs that they start, which get its folder by an environment
 * variable.
 */
export class Measurement {
  readonly #merged = new Map<string, Profiler.ScriptCoverage>();

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
      this.#add(folder);
      return success;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  #add(folder: string): void {
    const found = Map.groupBy(scriptsIn(folder), ({ url }) => url);
    for (const [url, scripts] of found) {
      const earlier = this.#merged.get(url);
      const all = earlier === undefined ? scripts : [earlier, ...scripts];
      this.#merged.set(url, mergeScriptCovs(all)!);
    }
  }

  /** The lines and branches of all that was counted. */
  async counted(): Promise<Counted[]> {
    const scripts = [...this.#merged.values()];
    const pages = scripts.filter((script) => !isFile(script));
    return together([
      ...readLcov(await lcovOf(scripts.filter(isFile)), root),
      ...(await Promise.all(pages.map(pageLines))).flat(),
    ]);
  }
}

/** Deno's report of scripts. */
async function lcovOf(
  scripts: readonly Profiler.ScriptCoverage[],
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    for (const script of scripts) {
      const path = join(folder, `${crypto.randomUUID()}.json`);
      await Deno.writeTextFile(path, JSON.stringify(script));
    }
    const { stdout } = await deno(["coverage", "--lcov", folder], "piped");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * What V8 counted of `src/`, once for each process and page. There are tens of
 * thousands of files, half of them of libraries: they are read one by one, and
 * only what is counted is parsed.
 */
function scriptsIn(folder: string): Profiler.ScriptCoverage[] {
  const scripts: Profiler.ScriptCoverage[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".json")) continue;
    const text = Deno.readTextFileSync(join(folder, name));
    const [, url = ""] = /"url":\s*"([^"]*)"/.exec(text) ?? [];
    if (isFile({ url }) || url.startsWith(pagePrefix)) {
      scripts.push(JSON.parse(text));
    }
  }
  return scripts;
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
