import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Pair } from "./check.ts";
import type { WindowOptions } from "./_window.ts";

/** Sizes that may stand before the options. */
type Sizes = Pick<WindowOptions, "stride" | "padding">;

/**
 * Arguments of a pooling after its window's size: options, with stride or stride
 * and padding before them if one likes, in PyTorch's order.
 */
export type PoolArguments<
  Options extends Pick<WindowOptions, "stride" | "padding">,
> =
  | [options?: Options]
  | [stride: Pair, options?: Options]
  | [stride: Pair, padding: Pair, options?: Options];

/**
 * The options of a pooling, wherever they stood.
 *
 * @param names The names of all options.
 * @throws {TypeError} If stride or padding is given twice, or there is an option
 * of another name.
 */
export function poolOptions<Options extends Sizes>(
  name: string,
  given: PoolArguments<Options>,
  names: readonly string[],
): Options {
  const values: readonly (Pair | Options | undefined)[] = given;
  const sizes: Sizes = {};
  if (isPair(values[0])) sizes.stride = values[0];
  if (isPair(values[0]) && isPair(values[1])) sizes.padding = values[1];
  const positional = Object.keys(sizes) as (keyof Sizes)[];
  const options = values[positional.length] as Options | undefined;
  checkOptions(name, options as Record<string, unknown> | undefined, names);
  const twice = positional.find((size) => options?.[size] !== undefined);
  if (twice === undefined) return { ...options, ...sizes } as Options;
  throw new TypeError(describe({
    what: `${name}: ${twice}`,
    expected: "one value",
    got: "one by position and one among the options",
    help: "Leave out one of them.",
  }));
}

function isPair(value: unknown): value is Pair {
  return typeof value === "number" || Array.isArray(value);
}
