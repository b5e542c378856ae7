import { meantBy } from "./choices.ts";
import { describe } from "./errors.ts";

/** The names of all options; one that is forgotten does not compile. */
type NamesOf<Options extends object, Names extends readonly string[]> =
  [Exclude<keyof Options, Names[number]>] extends [never] ? Names
    : readonly [missing: string & Exclude<keyof Options, Names[number]>];

/** The names of the options that have no default. */
type RequiredNames<Options extends object> = keyof {
  [
    Name in keyof Options as Partial<Pick<Options, Name>> extends
      Pick<Options, Name> ? never : Name
  ]: Name;
};

/** An argument that may not be left out where an option has no default. */
type RequiredArgument<Options extends object> = [RequiredNames<Options>] extends
  [never] ? [required?: readonly (keyof Options & string)[]]
  : [
    required: readonly [
      RequiredNames<Options> & string,
      ...(keyof Options & string)[],
    ],
  ];

/**
 * Refuses options that do not exist, and calls without those that have no
 * default, where no compiler has checked them.
 *
 * @param what The function or class that takes the options.
 * @param options As they were given; undefined where they were left out.
 * @param names The names of all options.
 * @param required The names of those that have no default; where there are any,
 * this argument does not compile without them.
 * @throws {TypeError} If there is another one, one of these is missing, or
 * `options` is no object of options at all.
 *
 * @example
 * ```ts
 * import { checkOptions } from "./options.ts";
 * import { assertThrows } from "@std/assert";
 *
 * interface Options {
 *   batchSize?: number;
 * }
 *
 * const untyped: object = { batch_size: 3 };
 * assertThrows(
 *   () => checkOptions<Options>("train", untyped, ["batchSize"]),
 *   TypeError,
 *   "train: unknown option batch_size, did you mean batchSize?",
 * );
 * ```
 */
export function checkOptions<
  Options extends object,
  const Names extends readonly string[] = readonly (string & keyof Options)[],
>(
  what: string,
  options: Options | undefined,
  names: NamesOf<Options, Names>,
  ...[required = []]: RequiredArgument<Options>
): void {
  if (options !== undefined) checkNames(what, options, names);
  const given = options as Readonly<Record<string, unknown>> | undefined;
  const missing = required.find((name) => given?.[name] === undefined);
  if (missing === undefined) return;
  throw new TypeError(describe({
    what: `${what}: ${missing}`,
    expected: "an option of this name",
    got: "none",
    help: `Give \`{ ${missing}: … }\`.`,
  }));
}

function checkNames(
  what: string,
  options: object,
  known: readonly string[],
): void {
  if (!isPlainObject(options)) {
    throw new TypeError(describe({
      what: `${what}: options`,
      expected: "an object",
      got: textOf(options),
      help: `Give options by name: { ${known.join(", ")} }.`,
    }));
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = meantBy(unknown, known);
  const question = meant === null ? "" : `, did you mean ${meant}?`;
  throw new TypeError(describe({
    what: `${what}: unknown option ${unknown}${question}`,
    help: `The options are ${known.join(", ")}.`,
  }));
}

/** The options without those that are undefined: they leave a default as it is. */
export function definedOptions<Options extends object>(
  options: Options,
): Options {
  const entries = Object.entries(options)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Options;
}

/** Whether a value was written as `{ … }`: no array, tensor or number. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) {
    return `a ${value.constructor.name}`;
  }
  return typeof value === "function" ? "a function" : String(value);
}
