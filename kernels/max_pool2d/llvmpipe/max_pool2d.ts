import type { Dispatch, Operand } from "../../kernel.ts";
import { elementwise } from "../../lib/elementwise.ts";
import type { Pool2dShape } from "../../lib/pool2d.ts";
import { isByHalves } from "../../lib/pool2d_by_halves.ts";
import * as wgsl from "./max_pool2d.gen.ts";

/** The largest elements, and where they are; null where windows are others. */
export function forward(
  { indices, output, x }: Readonly<Record<"indices" | "output" | "x", Operand>>,
  shape: Pool2dShape,
): Dispatch[] | null {
  if (!isByHalves(shape)) return null;
  const { length } = output.buffer;
  const bind = { xPairs: x, output, indices };
  return [elementwise(wgsl.maxPool2dForward, length, bind, sizesOf(shape))];
}

/** The gradient with respect to x; null where windows are others. */
export function gradient(
  { gradOutput, gradX, indices }: Readonly<
    Record<"gradOutput" | "gradX" | "indices", Operand>
  >,
  shape: Pool2dShape,
): Dispatch[] | null {
  if (!isByHalves(shape)) return null;
  const { length } = gradOutput.buffer;
  const bind = { gradOutput, largestAt: indices, gradPairs: gradX };
  return [elementwise(wgsl.maxPool2dGradient, length, bind, sizesOf(shape))];
}

function sizesOf({ inWidth, outHeight, outWidth }: Pool2dShape) {
  return { inWidth, outHeight, outWidth };
}
