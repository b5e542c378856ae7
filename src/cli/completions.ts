import { choices } from "../base/choices.ts";
import { isCompiled } from "../base/help.ts";
import { library } from "../base/library.ts";
import { bashCompletions } from "./_bash_completions.ts";
import { programName } from "./_call.ts";
import {
  type Argument,
  type Command,
  type Option,
  optionsOf,
} from "./_command.ts";
import type { ListedCommand } from "./_commands.ts";
import { aboutOption } from "./_help.ts";
import { usage } from "./_options.ts";

const shells: readonly string[] = ["bash", "zsh", "fish"];

const name = programName();

/** `mnist-cnn completions`. */
export const completions: Command = {
  name: "completions",
  files: [{ name: "SHELL", choices: shells, help: choices(shells) }],
  groups: [],
  notes: `${
    isCompiled ? "For this program" : "For the program that compiling makes"
  }, on the PATH.
bash: source <(${name} completions bash)
zsh, after compinit: source <(${name} completions zsh)
fish: ${name} completions fish | source`,
  async run({ files }) {
    const [shell] = files;
    if (!shells.includes(shell)) {
      const what = `expected ${choices(shells)}, got ${shell}`;
      throw usage("completions", what);
    }
    if (shell === "bash") return console.log(bashCompletions(name));
    const { script } = await tab();
    script(shell, name, name);
  },
};

/** What a shell does beside the words it is told, by cobra's numbers. */
const directives = { files: 0, wordsOnly: 4, endings: 8, folders: 16 };

/**
 * Prints what a word may become: the shell's script calls
 * `PROGRAM complete -- WORDS`.
 *
 * @param args The arguments from the script.
 * @param commands All commands.
 */
export async function complete(
  args: readonly string[],
  commands: readonly ListedCommand[],
): Promise<void> {
  const words = args.filter((arg, at) => at > 0 || arg !== "--");
  const listed = commands.find(({ name }) => name === words[0]);
  if (listed !== undefined && words.length > 1) {
    const value = valueAt(words.slice(1), await listed.load());
    if (value !== null) return print(value);
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

/** What may be given: the value of an option, or an argument. */
type Value = Option | Argument;

/** What the last word is a value of; null where it is the name of an option. */
function valueAt(
  words: readonly string[],
  command: Command,
): Value | null {
  const before = words.slice(0, -1).filter((word) => word !== "=");
  const [last] = words.slice(-1);
  const named = (word = "") =>
    optionsOf(command).find(({ name, value }) =>
      value !== undefined && word === `--${name}`
    );
  const option = named(before.at(-1)) ?? named(last.split("=")[0]);
  const isOwn = last.startsWith("-") && !last.includes("=");
  if (option !== undefined && !isOwn) return option;
  if (last.startsWith("-")) return null;
  const { anyFiles, files = [] } = command;
  const given = before.filter((word, at) =>
    !word.startsWith("-") && named(before[at - 1]) === undefined
  );
  return files[given.length] ?? anyFiles ?? { name: "", help: "", choices: [] };
}

/** Prints the words that a value may be, or which files. */
function print(value: Value): void {
  const { choices, endings } = value;
  if (choices !== undefined) {
    for (const choice of choices) console.log(choice);
    console.log(`:${directives.wordsOnly}`);
  } else if (endings !== undefined) {
    for (const ending of endings) console.log(ending.slice(1));
    console.log(`:${directives.endings}`);
  } else {
    const kind = "value" in value ? value.value : value.name;
    const directive = kind === "DIR"
      ? directives.folders
      : kind === "FILE"
      ? directives.files
      : directives.wordsOnly;
    console.log(`:${directive}`);
  }
}

async function tab() {
  return await library(
    "npm:@bomb.sh/tab@0.0.22",
    () => import("npm:@bomb.sh/tab@0.0.22"),
  );
}
