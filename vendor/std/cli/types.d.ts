// Narrower than the types of `jsr:@std/cli`, so that what checks against these
// checks against those: aliases are reached as `unknown`, and names with dots
// or the `"--"` option are left out.

/**
 * The arguments that `parseArgs` returns: switches are always there, strings
 * if they were given or have a default, collected ones as arrays.
 */
export type Args<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
> =
  & Record<string, unknown>
  & {
    /** The arguments that are not options. */
    _: (string | number)[];
  }
  & { [Name in Exclude<Booleans, Collected | keyof Defaults>]: boolean }
  & { [Name in Exclude<Strings, Collected | keyof Defaults>]?: string }
  & { [Name in Exclude<Collected, Booleans | Strings>]: unknown[] }
  & { [Name in Extract<Collected, Booleans>]: boolean[] }
  & { [Name in Extract<Collected, Strings>]: string[] }
  & {
    [Name in Exclude<Extract<Booleans, keyof Defaults>, Collected>]:
      | boolean
      | Defaults[Name];
  }
  & {
    [Name in Exclude<Extract<Strings, keyof Defaults>, Collected>]:
      | string
      | Defaults[Name];
  };

/** Which arguments `parseArgs` knows, and how it reads them. */
export interface ParseOptions<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
> {
  /** Other names of an option: `{ help: "h" }`. */
  alias?: Record<string, string | readonly string[]>;
  /** Names that are switches; `false` unless given. */
  boolean?: Booleans | readonly Booleans[];
  /** Names that may be given several times; `[]` unless given. */
  collect?: Collected | readonly Collected[];
  /** Values of the options that were not given. */
  default?: Defaults;
  /** Names of switches that `--no-NAME` turns off. */
  negatable?: NoInfer<Booleans> | readonly NoInfer<Booleans>[];
  /** Stops at the first argument that is no option. */
  stopEarly?: boolean;
  /** Names whose values stay strings, even if they look like numbers. */
  string?: Strings | readonly Strings[];
  /** Called with what is not known; it is left out if this returns `false`. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Reads command line arguments by `options`. */
export function parseArgs<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
>(
  args: string[],
  options?: ParseOptions<Booleans, Strings, Collected, Defaults>,
): Args<Booleans, Strings, Collected, Defaults>;
