import { library } from "../base/library.ts";
import { bashCompletions } from "./_bash_completions.ts";
import { type Command, optionsOf } from "./_command.ts";
import type { ListedCommand } from "./_commands.ts";
import { aboutOption } from "./_help.ts";
import { usage } from "./_options.ts";

/** `mnist-cnn completions`. */
export const completions: Command = {
  name: "completions",
  files: [{ name: "SHELL", help: "bash, zsh or fish" }],
  groups: [],
  notes: `For the program that deno task compile makes, on the PATH.
bash: source <(mnist-cnn completions bash)
zsh, after compinit: source <(mnist-cnn completions zsh)
fish: mnist-cnn completions fish | source`,
  async run({ files }) {
    const [shell] = files;
    if (!["bash", "zsh", "fish"].includes(shell)) {
      throw usage("completions", `expected bash, zsh or fish, got ${shell}`);
    }
    if (shell === "bash") return console.log(bashCompletions);
    const { script } = await tab();
    script(shell, "mnist-cnn", "mnist-cnn");
  },
};

/**
 * Prints what a word may become: the shell's script calls
 * `mnist-cnn complete -- WORDS`.
 *
 * @param args The arguments from the script.
 * @param commands All commands.
 */
export async function complete(
  args: readonly string[],
  commands: readonly ListedCommand[],
): Promise<void> {
  const words = args.filter((arg, at) => at > 0 || arg !== "--");
  // No option and no command: let the shell complete the names of files.
  if (words.length > 1 && !words.at(-1)!.startsWith("-")) {
    return console.log(":0");
  }
  const { RootCommand } = await tab();
  const root = new RootCommand();
  for (const { load, name, summary } of commands) {
    const completed = root.command(name, summary);
    for (const option of optionsOf(await load())) {
      const about = aboutOption(option);
      if (option.value === undefined) completed.option(option.name, about);
      else completed.option(option.name, about, () => {});
    }
  }
  root.parse(words);
}

async function tab() {
  return await library("@bomb.sh/tab", () => import("npm:@bomb.sh/tab@0.0.22"));
}
