import type { Window2d } from "../../kernels/lib/window2d.ts";
import { describe } from "../base/errors.ts";
import type { Shape } from "../core/tensor.ts";
import { checkWhole, type Pair, pair, shapeError, text } from "./check.ts";
import { window2d, type WindowOptions } from "./_window.ts";

/**
 * Padding of a convolution, in pixels; `"valid"` is none, and `"same"` as much as
 * gives the output the size of the input.
 */
export type Conv2dPadding = Pair | "same" | "valid";

/** Throws unless both numbers of channels are multiples of `groups`. */
export function checkGroups(
  where: string,
  groups: number,
  channels: Readonly<Record<string, number>>,
): void {
  checkWhole(where, "groups", [groups], 1);
  for (const [name, count] of Object.entries(channels)) {
    if (count % groups === 0) continue;
    throw shapeError(
      `${where}: ${name}`,
      `a multiple of groups, ${groups}`,
      String(count),
      "Each group has as many channels as the others.",
    );
  }
}

/** Checks and completes the window of a convolution; words become pixels. */
export function convolutionWindow(
  where: string,
  kernelSize: Pair,
  { padding = 0, ...options }: Omit<WindowOptions, "padding"> & {
    padding?: Conv2dPadding;
  },
): Window2d {
  if (typeof padding !== "string") {
    return window2d(where, kernelSize, { ...options, padding });
  }
  checkPadding(where, padding, options.stride);
  const window = window2d(where, kernelSize, options);
  if (padding === "valid") return window;
  const { dilationHeight, dilationWidth, kernelHeight, kernelWidth } = window;
  return {
    ...window,
    paddingHeight: Math.floor(dilationHeight * (kernelHeight - 1) / 2),
    paddingWidth: Math.floor(dilationWidth * (kernelWidth - 1) / 2),
  };
}

/** Throws if a padding is another word, or "same" with a stride. */
export function checkPadding(
  where: string,
  padding: Conv2dPadding,
  stride: Pair = 1,
): void {
  if (typeof padding !== "string" || padding === "valid") return;
  if (padding !== "same") {
    throw new TypeError(describe({
      what: `${where}: padding`,
      expected: 'pixels, "same" or "valid"',
      got: JSON.stringify(padding),
      help: "Give one number for both axes, or [height, width].",
    }));
  }
  if (pair(stride).every((pixels) => pixels === 1)) return;
  throw new RangeError(describe({
    what: `${where}: padding "same"`,
    expected: "stride 1",
    got: `stride ${text(pair(stride))}`,
    help: "Give the padding in pixels.",
  }));
}

/** Throws unless the input has as many channels as the layer before made. */
export function checkChannels(
  operation: string,
  x: Shape,
  weight: Shape,
  expected: number,
  groups: number,
): void {
  if (x[1] === expected) return;
  throw shapeError(
    `${operation}: input ${text(x)} and weight ${text(weight)}` +
      (groups === 1 ? "" : ` in ${groups} groups`),
    `an input of ${expected} channels`,
    String(x[1]),
    "inChannels of the layer must be outChannels of the one before.",
  );
}
