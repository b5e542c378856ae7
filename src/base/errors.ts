/**
 * The errors of this library: what a program may want to tell apart by class.
 *
 * Wrong arguments throw the platform's own `TypeError` and `RangeError`; the
 * classes here name what those cannot. Every message is one line: what went
 * wrong and where, what was expected, what was got, and `Help: ` with the fix.
 *
 * @module
 */

/** The parts of an error message, in the order in which they are read. */
export interface ErrorParts {
  /** The failure and its place: `conv2d: weight does not fit the input`. */
  what: string;
  /** The right value. */
  expected?: string;
  /** The value that was there instead. */
  got?: string;
  /** The remedy. */
  help: string;
}

/**
 * Joins the parts of an error message into its one line.
 *
 * @example
 * ```ts
 * import { describe } from "./errors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   describe({ what: "seed", expected: "an integer", got: "1.5", help: "Round it." }),
 *   "seed: expected an integer, got 1.5. Help: Round it.",
 * );
 * ```
 */
export function describe(parts: ErrorParts): string {
  const facts = [
    parts.expected === undefined ? "" : `expected ${parts.expected}`,
    parts.got === undefined ? "" : `got ${parts.got}`,
  ].filter((fact) => fact !== "").join(", ");
  const line = facts === "" ? parts.what : `${parts.what}: ${facts}`;
  const sentence = line.endsWith("?") ? line : `${line.replace(/\.$/, "")}.`;
  return `${sentence} Help: ${parts.help}`.replaceAll(/\s*\n\s*/g, " ");
}

/**
 * Shapes that do not fit each other or the operation.
 *
 * @category Errors
 */
export class ShapeError extends RangeError {
  /** The name of the class. */
  override readonly name = "ShapeError";
}

/**
 * A file whose bytes are not what its format says: IDX, safetensors.
 *
 * @category Errors
 */
export class FormatError extends SyntaxError {
  /** The name of the class. */
  override readonly name = "FormatError";
}

/**
 * Data that is missing, could not be fetched or stored, or is not the expected
 * data.
 *
 * @category Errors
 */
export class DataError extends Error {
  /** The name of the class. */
  override readonly name = "DataError";
}

/**
 * A device that is missing, was lost, ran out of memory or refused work.
 *
 * @category Errors
 */
export class DeviceError extends Error {
  /** The name of the class. */
  override readonly name = "DeviceError";
}

/**
 * Training that cannot go on: the loss is not a finite number.
 *
 * @category Errors
 */
export class TrainingError extends Error {
  /** The name of the class. */
  override readonly name = "TrainingError";
}

/**
 * A state dictionary whose keys or shapes are not those of the model.
 *
 * @category Errors
 */
export class StateDictError extends Error {
  /** The name of the class. */
  override readonly name = "StateDictError";
}

/**
 * A library that is loaded where it is needed, and cannot be had.
 *
 * @category Errors
 */
export class LibraryError extends Error {
  /** The name of the class. */
  override readonly name = "LibraryError";
}
