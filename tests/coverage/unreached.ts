import type { Counted } from "./lcov.ts";

/** A place that no test reaches where these tests run. */
export interface Unreached {
  /** The file. */
  readonly path: string;
  /** A text of the first line that nothing runs, or of the line that has a branch. */
  readonly code: string;
  /** Why nothing reaches it. */
  readonly reason: string;
}

/** Places of a file that are not reached for one reason. */
function because(reason: string, path: string, ...codes: string[]) {
  return codes.map((code): Unreached => ({ path, code, reason }));
}

const compiled = "compiled programs are tested, but Deno counts nothing there";
const otherBrowser =
  "Chromium has it; the tests in WebKitGTK run it, uncounted";

/** What is known not to be reached, by file. */
export const unreached: readonly Unreached[] = [
  ...because(compiled, "src/base/library.ts", "program: isCompiled"),
  ...because(
    compiled,
    "src/cli/_call.ts",
    "if (!isCompiled) return",
    "return basename(Deno.execPath())",
  ),
  ...because(
    "there is no physical GPU",
    "src/cli/doctor.ts",
    'isSoftware ? "software" : "hardware"',
  ),
  ...because(
    "a folder that is deleted while it is listed",
    "src/datasets/_pictures.ts",
    "if (folder === null) return []",
  ),
  ...because(
    "it runs as the text of a worker's program, a script of its own",
    "src/devices/cpu/_thread_pool.ts",
    "const scope = globalThis as unknown as {",
  ),
  ...because(
    "a page has no Deno; no test bundles the reader of pictures for one",
    "src/digits/_decode_mozjpeg.ts",
    "if (globalThis.Deno === undefined) return false",
  ),
  ...because(
    "Deno's WebGPU throws nothing where adapters are asked for",
    "src/doctor/adapters.ts",
    "event.preventDefault()",
  ),
  ...because(
    otherBrowser,
    "src/serve/engine/disposal.ts",
    "if (Symbol.dispose === undefined)",
    "DisposableStack: globalThis.DisposableStack ??",
  ),
  ...because(compiled, "src/serve/page/bundle.ts", "help: isCompiled"),
  ...because(compiled, "src/sweep/trial_process.ts", "if (isCompiled) return"),
];

/** A list beside what was counted. */
export interface Checked {
  /** What is listed of a file, by the numbers of its lines. */
  readonly lines: ReadonlySet<number>;
  /** What is wrong with the list, a line for each. */
  readonly faults: readonly string[];
}

/**
 * Finds the lines that are listed of a file. Each must be there, and must be one
 * that nothing has run or with a branch that nothing has taken.
 *
 * @param text The file.
 * @param all The list; default the one of this project.
 */
export function checkUnreached(
  file: Counted,
  text: string,
  all: readonly Unreached[] = unreached,
): Checked {
  const lines = new Set<number>();
  const faults: string[] = [];
  for (const { code, path } of all) {
    if (path !== file.path) continue;
    const number = text.split("\n").findIndex((line) => line.includes(code)) +
      1;
    const isMissed = file.lines.get(number) === 0 ||
      file.branches.some(([line, isTaken]) => line === number && !isTaken);
    if (number === 0) faults.push(`${path} has no line with ${code}`);
    else if (!isMissed) faults.push(`${path}:${number} is reached: ${code}`);
    lines.add(number);
  }
  return { lines, faults };
}
