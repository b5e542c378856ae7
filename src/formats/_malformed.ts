import { describe, FormatError } from "../base/errors.ts";

const LONGEST_SHOWN = 60;

const RECOVER =
  "The file is damaged or no safetensors file: download or write it again.";

/** The error of a file that breaks its format. */
export function malformed(
  what: string,
  expected: string,
  got: string,
  options: { help?: string; cause?: unknown } = {},
): FormatError {
  const { help = RECOVER, cause } = options;
  return new FormatError(describe({ what, expected, got, help }), { cause });
}

/** A value from outside, short enough and safe to stand in a message. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (Array.isArray(value)) {
    const items = value.slice(0, LONGEST_SHOWN).map((item) =>
      Array.isArray(item) ? "an array" : show(item)
    );
    return `[${shorten(items.join(", "))}]`;
  }
  return typeof value === "object" && value !== null
    ? "an object"
    : String(value);
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN
    ? text
    : `${text.slice(0, LONGEST_SHOWN).toWellFormed()}…`;
}
