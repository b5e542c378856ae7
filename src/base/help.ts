/**
 * How the program came to run, which decides what the help of an error may name:
 * a command and its options, the options of a function, or what a page can do.
 *
 * @module
 */

/** How commands are called; null where the program is no command line. */
let commands: ((command: string) => string) | null = null;

/** Whether this is a page, or a worker of one. */
const isPage = !("Deno" in globalThis) && "navigator" in globalThis &&
  "location" in globalThis;

/** Whether this is a program that `deno compile` has made. */
export const isCompiled: boolean =
  (globalThis as { Deno?: { build?: { standalone?: boolean } } }).Deno?.build
    ?.standalone ?? false;

/** Says that the program is a command line, and how its commands are called. */
export function nameCommands(callOf: (command: string) => string): void {
  commands = callOf;
}

/** A help in the words of each way to have come. */
export interface Helps {
  /** In a program that uses the library. */
  readonly program: string;
  /** In a page. Default: as in a program. */
  readonly page?: string;
  /**
   * On the command line; a function is given how commands are called. Default: as
   * in a program.
   */
  readonly cli?: string | ((callOf: (command: string) => string) => string);
}

/** The help that fits how the user came. */
export function helpFor({ cli, page, program }: Helps): string {
  if (commands !== null) {
    return typeof cli === "function" ? cli(commands) : cli ?? program;
  }
  return isPage ? page ?? program : program;
}

/**
 * An option as its user gives it: `--device cpu` on the command line, and
 * `device: "cpu"` in a program, by a name in kebab case.
 */
export function optionText(name: string, value?: string): string {
  if (commands !== null) {
    return `\`--${name}${value === undefined ? "" : ` ${value}`}\``;
  }
  const key = name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return `\`${key}${value === undefined ? "" : `: ${JSON.stringify(value)}`}\``;
}
