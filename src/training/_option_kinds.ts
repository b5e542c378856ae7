import { AUGMENTATIONS, type AugmentSettings } from "./augmentation.ts";
import { numbersIn } from "./normalization.ts";

/** The reason why a value is invalid. */
export interface Complaint {
  /** The invalid part of a value that has parts. */
  readonly part?: string;
  /** The valid values, as an error message lists them. */
  readonly expected: string;
  /** The invalid value. */
  readonly got: string;
  /** The valid words, where there are so many and no others. */
  readonly choices?: readonly string[];
}

/** Parser and check of a type of values. */
export interface OptionKind<T> {
  /** The value of a text on the command line, valid or not. */
  parse(text: string): T;
  /** The complaint about an invalid value, or null. */
  check(value: T): Complaint | null;
  /** The valid words, where there are so many and no others. */
  readonly choices?: readonly string[];
}

/** A whole number of at least so much. */
export function integer(least: number): OptionKind<number> {
  return numeric(
    `a whole number of at least ${least}`,
    (value) => Number.isSafeInteger(value) && value >= least,
  );
}

/** A number above 0. */
export function positive(): OptionKind<number> {
  const isValid = (value: number) => Number.isFinite(value) && value > 0;
  return numeric("a number above 0", isValid);
}

/** A number between 0 and 1. */
export function share(): OptionKind<number> {
  const isValid = (value: number) =>
    Number.isFinite(value) && value > 0 && value < 1;
  return numeric("a number between 0 and 1", isValid);
}

/** Whole numbers above 0, each larger than the one before: `5,8`. */
export function wholeNumbers(): OptionKind<readonly number[]> {
  const { check } = integer(1);
  return {
    parse: numbersIn,
    check(values) {
      const expected = "whole numbers above 0 in rising order";
      if (!Array.isArray(values)) return { expected, got: String(values) };
      const wrong = values.find((value, index) =>
        check(value) !== null || value <= (values[index - 1] ?? 0)
      );
      return wrong === undefined ? null : { expected, got: String(wrong) };
    },
  };
}

/** Names of parts of a network: `layer1,layer2.0`. */
export function partNames(): OptionKind<readonly string[]> {
  return {
    parse: (text) => text.split(","),
    check(names) {
      const expected = "names of parts of the network: layer1, fc";
      if (!Array.isArray(names)) return { expected, got: String(names) };
      const wrong = names.find((name) =>
        typeof name !== "string" || name === ""
      );
      return wrong === undefined ? null : { expected, got: `"${wrong}"` };
    },
  };
}

function numeric(
  expected: string,
  isValid: (value: number) => boolean,
): OptionKind<number> {
  return {
    parse: Number,
    check: (value) => isValid(value) ? null : { expected, got: String(value) },
  };
}

/** One of the names that a record has. */
export function oneOf<Name extends string>(
  record: Readonly<Record<Name, unknown>>,
): OptionKind<Name> {
  const choices = Object.keys(record);
  const expected = choices.join(", ");
  return {
    choices,
    parse: (text) => text as Name,
    check: (value) =>
      typeof value === "string" && Object.hasOwn(record, value)
        ? null
        : { expected, got: String(value), choices },
  };
}

/** Kinds of change with their amounts: `rotate=10,shift=0.1`, or `none`. */
export function augmentation(): OptionKind<AugmentSettings> {
  const amount = positive();
  return {
    parse(text) {
      const given = new Map(
        (text === "none" ? [] : text.split(",")).map((part) => {
          const [kind, value = ""] = part.split("=");
          return [kind, value === "" ? NaN : amount.parse(value)];
        }),
      );
      // Known kinds in one order, so that settings can be compared as text.
      const order = new Set<string>([...AUGMENTATIONS, ...given.keys()]);
      return Object.fromEntries(
        [...order].filter((kind) => given.has(kind))
          .map((kind) => [kind, given.get(kind)]),
      );
    },
    check(value) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        const expected = "kinds of change with their amounts";
        return { expected, got: String(value) };
      }
      for (const [kind, given] of Object.entries(value)) {
        if (!AUGMENTATIONS.some((known) => known === kind)) {
          const expected = AUGMENTATIONS.join(", ");
          return { expected, got: kind, choices: AUGMENTATIONS };
        }
        const complaint = given === 0 ? null : amount.check(given);
        if (complaint !== null) return { ...complaint, part: kind };
      }
      return null;
    },
  };
}
