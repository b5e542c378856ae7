import type { Dispatch, Operand } from "../../kernel.ts";
import { elementwise } from "../../lib/elementwise.ts";
import type { Pool2dShape } from "../../lib/pool2d.ts";
import { isByHalves } from "../../lib/pool2d_by_halves.ts";
import * as wgsl from "./avg_pool2d.gen.ts";

/** The means; null where windows are others. */
export function forward(
  { output, x }: Readonly<Record<"output" | "x", Operand>>,
  shape: Pool2dShape,
): Dispatch[] | null {
  if (!isByHalves(shape)) return null;
  const { outWidth } = shape;
  const bind = { xPairs: x, output };
  const { length } = output.buffer;
  return [elementwise(wgsl.avgPool2dForward, length, bind, { outWidth })];
}

/** The gradient; null where windows are others. */
export function gradient(
  { gradOutput, gradX }: Readonly<Record<"gradOutput" | "gradX", Operand>>,
  shape: Pool2dShape,
): Dispatch[] | null {
  if (!isByHalves(shape)) return null;
  const { outWidth } = shape;
  const bind = { gradOutput, gradPairs: gradX };
  const { length } = gradOutput.buffer;
  return [elementwise(wgsl.avgPool2dGradient, length, bind, { outWidth })];
}
