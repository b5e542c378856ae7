import { basename, fromFileUrl } from "@std/path";
import { isCompiled, nameCommands } from "../base/help.ts";

/** How the program was started, as its users repeat it. */
type Start = "task" | "run" | "compiled";

let start: Start = isCompiled ? "compiled" : "task";

/** What stands before a command's name. */
let prefix = isCompiled ? programName() : "deno task";

/** How the program was started. */
export function startOf(): Start {
  return start;
}

/**
 * Notes how the program was started, for its texts.
 *
 * @param main The address of the main module.
 */
export function startedBy(main: string): void {
  if (!isCompiled && !/^file:.*\/src\/cli\/mod\.ts$/.test(main)) {
    start = "run";
    prefix = `deno run … ${specifierOf(main)}`;
  }
  nameCommands(callOf);
}

/**
 * How a command is called, `cli` for all of them; completions are of the
 * compiled program alone.
 */
export function callOf(command: string): string {
  if (command === "completions") return `${programName()} completions`;
  if (command !== "cli") return `${prefix} ${command}`;
  return start === "task" ? "deno task cli" : prefix;
}

/** What the compiled program is called. */
export function programName(): string {
  if (!isCompiled) return "mnist-cnn";
  return basename(Deno.execPath()).replace(/\.exe$/, "");
}

/** A module as `deno run` takes it. */
function specifierOf(main: string): string {
  if (main.startsWith("file:")) return fromFileUrl(main);
  return main.replace(
    /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\/src\/cli\/mod\.ts$/,
    "jsr:$1@$2/cli",
  );
}
