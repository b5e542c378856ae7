import { library } from "../base/library.ts";
import { bashCompletions } from "./_bash_completions.ts";
import { readOptions, usage } from "./_options.ts";

/** What `completions --help` prints. */
export const help = `Print what completes commands and options in a shell.

Usage: mnist-cnn completions SHELL

  SHELL          bash, zsh or fish
  --help         this text

For the program that deno task compile makes, on the PATH. In bash:
source <(mnist-cnn completions bash), in zsh, after compinit,
source <(mnist-cnn completions zsh), in fish
mnist-cnn completions fish | source`;

/** `mnist-cnn completions`. */
export async function completionsCommand(
  args: readonly string[],
): Promise<void> {
  const { files, flags } = readOptions("completions", args, {
    values: {},
    flags: [],
    files: ["SHELL"],
  });
  if (flags.has("help")) return console.log(help);
  const [shell] = files;
  if (!["bash", "zsh", "fish"].includes(shell)) {
    throw usage("completions", `expected bash, zsh or fish, got ${shell}`);
  }
  if (shell === "bash") return console.log(bashCompletions);
  const { script } = await tab();
  script(shell, "mnist-cnn", "mnist-cnn");
}

/**
 * Prints what a word may become: the shell's script calls
 * `mnist-cnn complete -- WORDS`. The options are those that `--help` lists.
 *
 * @param args What the script gave.
 * @param commands The help of every command.
 */
export async function complete(
  args: readonly string[],
  commands: Readonly<Record<string, { readonly help: string }>>,
): Promise<void> {
  const words = args.filter((arg, at) => at > 0 || arg !== "--");
  // No option and no command: let the shell complete the names of files.
  if (words.length > 1 && !words.at(-1)!.startsWith("-")) {
    return console.log(":0");
  }
  const { RootCommand } = await tab();
  const root = new RootCommand();
  for (const [name, { help }] of Object.entries(commands)) {
    const command = root.command(name, help.split("\n")[0]);
    for (const [, line] of help.matchAll(/^ {2}(--.*)$/gm)) {
      const [options, about = ""] = line.split(/ {2,}/);
      for (const option of options.split(", ")) {
        const [flag, value] = option.slice("--".length).split(" ");
        if (value === undefined) command.option(flag, about);
        else command.option(flag, about, () => {});
      }
    }
  }
  root.parse(words);
}

async function tab() {
  return await library("@bomb.sh/tab", () => import("npm:@bomb.sh/tab@0.0.22"));
}
