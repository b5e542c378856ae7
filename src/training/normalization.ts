import { isNormalization } from "../models/is_normalization.ts";
import type { OptionKind } from "./_option_kinds.ts";

/**
 * A mean and a standard deviation above 0, `0.1307,0.3081`, or the means of all
 * channels and then their standard deviations; or nothing.
 */
export const normalization: OptionKind<readonly number[]> = {
  parse: numbersIn,
  check(values) {
    const expected = "mean and standard deviation, the latter above 0, or " +
      "the means of all channels and then as many standard deviations";
    const isValid = Array.isArray(values) &&
      (values.length === 0 || isNormalization(values));
    return isValid ? null : { expected, got: String(values) };
  },
};

/** Numbers with commas between them, NaN for what is none. */
export function numbersIn(text: string): number[] {
  return text.split(",").map((part) => part ? Number(part) : NaN);
}
