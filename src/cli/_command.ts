/** An option, as the parser, `--help` and the completions know it. */
export interface Option {
  /** Its name without the dashes. */
  readonly name: string;
  /**
   * The placeholder of its value, none for a switch: `DIR` is a folder, `FILE` a
   * file.
   */
  readonly value?: string;
  /** The words that its value may be. Default any. */
  readonly choices?: readonly string[];
  /** The endings that a file may have. Default any. */
  readonly endings?: readonly string[];
  /** Whether its values, given several times, make one list. */
  readonly repeats?: boolean;
  /** The value where it is not given. Default `""`. */
  readonly default?: string;
  /** The default as `--help` shows it. Default: `default` itself. */
  readonly shown?: string;
  /** Its effect. */
  readonly help: string;
}

/** Options that `--help` lists together. */
export interface OptionGroup {
  /** The heading; none for the first group. */
  readonly title?: string;
  /** The options, in order. */
  readonly options: readonly Option[];
}

/** An argument that is no option. */
export interface Argument {
  /** Its name, such as `FILE`. */
  readonly name: string;
  /** Its meaning. */
  readonly help: string;
  /** The words that it may be. Default the name of a file. */
  readonly choices?: readonly string[];
  /** The endings that a file may have. Default any. */
  readonly endings?: readonly string[];
}

/** The arguments of a call, checked for names. */
export interface Given {
  /** The options with a value, given or not; `""` is none. */
  readonly values: Readonly<Record<string, string>>;
  /** The switches that are given. */
  readonly flags: ReadonlySet<string>;
  /** The arguments that are no options; at least as many as are needed. */
  readonly files: readonly string[];
  /** The names of the options that are given. */
  readonly explicit: ReadonlySet<string>;
}

/** A failure of which all is said: exit status 1. */
export class Told extends Error {
  override readonly name = "Told";
}

/** A command: one file of this folder each. */
export interface Command {
  /** The name of the command. */
  readonly name: string;
  /** The arguments that it needs, in order. Default none. */
  readonly files?: readonly Argument[];
  /** An argument that may be given any number of times. Default none. */
  readonly anyFiles?: Argument;
  /** Its options, but those that every command has. */
  readonly groups: readonly OptionGroup[];
  /** Paragraphs at the end of `--help`. */
  readonly notes?: string;
  /** Runs it. */
  run(given: Given): void | Promise<void>;
}

/** The options that every command has. */
export const commonOptions: readonly Option[] = [
  {
    name: "offline",
    help: "fetch nothing, no data and no library; say what is missing",
  },
  { name: "help", help: "this text" },
];

/** The options of a command, those that every command has last. */
export function optionsOf({ groups }: Command): Option[] {
  return [...groups.flatMap(({ options }) => options), ...commonOptions];
}
