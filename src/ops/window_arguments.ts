import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Pair } from "./check.ts";
import type { Conv2dPadding } from "./convolution.ts";

/**
 * Arguments of a pooling or convolution after its window: options, with stride or
 * stride and padding before them if one likes, in PyTorch's order.
 */
export type WindowArguments<Options extends { padding?: Conv2dPadding }> =
  | [options?: Options]
  | [stride: Pair, options?: Options]
  | [stride: Pair, padding: NonNullable<Options["padding"]>, options?: Options];

/** The same with the size of the kernel before them, or among the options. */
export type KernelArguments<Options extends { padding?: Conv2dPadding }> =
  | [kernelSize: Pair, ...given: WindowArguments<Omit<Options, "kernelSize">>]
  | [options: Options];

/**
 * The options of a pooling or convolution, wherever they stood.
 *
 * @param names The names of all options.
 * @throws {TypeError} If stride or padding is given twice, or there is an option
 * of another name.
 */
export function windowOptions<Options extends { padding?: Conv2dPadding }>(
  what: string,
  given: WindowArguments<Options>,
  names: readonly string[],
): Options {
  return byName(what, given, ["stride", "padding"], names);
}

/** The same with the size of the kernel. */
export function kernelOptions<Options extends { padding?: Conv2dPadding }>(
  what: string,
  given: KernelArguments<Options>,
  names: readonly string[],
): Options {
  const order = ["kernelSize", "stride", "padding"];
  const options = byName<Options>(what, given, order, names);
  checkOptions<Record<string, unknown>>(what, { ...options }, names, [
    "kernelSize",
  ]);
  return options;
}

function byName<Options>(
  what: string,
  given: readonly unknown[],
  order: readonly string[],
  names: readonly string[],
): Options {
  const end = given.findIndex((value) => !isSize(value));
  const sizes = given.slice(0, end < 0 ? order.length : end)
    .slice(0, order.length);
  const options = given[sizes.length] as Record<string, unknown> | undefined;
  if (given.length > sizes.length + 1) {
    throw new TypeError(describe({
      what: `${what}: arguments`,
      expected: `${order.join(", ")} and options`,
      got: `${given.length} of them`,
      help: `Give what follows the ${order.at(-1)} by name.`,
    }));
  }
  checkOptions(what, options, names);
  const own = Object.fromEntries(sizes.map((size, at) => [order[at], size]));
  const twice = Object.keys(own).find((name) => options?.[name] !== undefined);
  if (twice === undefined) return { ...options, ...own } as Options;
  throw new TypeError(describe({
    what: `${what}: ${twice}`,
    expected: "one value",
    got: "one by position and one among the options",
    help: "Leave out one of them.",
  }));
}

/** Whether an argument is a size or a padding's name, and no options. */
function isSize(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" ||
    Array.isArray(value);
}
