import { fitted } from "./_columns.ts";
import type { Given, Option } from "./_command.ts";
import { jsonText } from "./_json.ts";
import { usage } from "./_options.ts";

/** `--json` of a command that prints one object. */
export const jsonOption: Option = { name: "json", help: "one JSON object" };

/** `--verbose` of a command that opens a device. */
export const verboseOption: Option = {
  name: "verbose",
  help: "device, data and times, on stderr",
};

/**
 * The output of a command: stdout has its result, as text or JSON; stderr has
 * notes and the details of `--verbose`.
 */
export class Output {
  readonly #flags: ReadonlySet<string>;

  /**
   * Reads `--quiet`, `--verbose` and `--json`.
   *
   * @throws {UsageError} If it is to be quiet and verbose.
   */
  constructor(command: string, { flags }: Given) {
    if (flags.has("quiet") && flags.has("verbose")) {
      throw usage(command, "--quiet does not go with --verbose");
    }
    this.#flags = flags;
  }

  /** Whether people read stdout. */
  get isForPeople(): boolean {
    return !this.#flags.has("quiet") && !this.#flags.has("json");
  }

  /** Text for people; beside JSON it is a detail. */
  say(text: string): void {
    if (this.isForPeople) print(text);
    else this.detail(text);
  }

  /** Something unexpected that is no error: one line, as an error is. */
  note(text: string): void {
    if (!this.#flags.has("quiet")) console.error(`note: ${text}`);
  }

  /** A line of `--verbose`. */
  detail(text: string): void {
    if (this.#flags.has("verbose")) console.error(fitted(text));
  }

  /** A line of `--verbose`: what has been done, and how long it took. */
  took(what: string, start: number): void {
    const seconds = (performance.now() - start) / 1000;
    this.detail(`${what} in ${seconds.toFixed(2)} s`);
  }

  /** A line of `--json`. */
  record(value: object): void {
    if (this.#flags.has("json")) console.log(jsonText(value));
  }
}

/** Prints text for people, in lines that fit. */
export function print(text: string): void {
  console.log(fitted(text));
}
