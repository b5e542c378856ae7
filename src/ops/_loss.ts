import { describe } from "../base/errors.ts";
import { isSameShape } from "../core/shape.ts";
import type { AnyTensor, Tensor } from "../core/tensor.ts";
import { checkDType, shapeError, text } from "./check.ts";
import { mean } from "./mean.ts";
import type { LossReduction } from "./loss_options.ts";
import { sum } from "./sum.ts";

const reductions: readonly LossReduction[] = ["mean", "sum", "none"];

/** Refuses a reduction that does not exist. */
export function checkReduction(
  operation: string,
  reduction: LossReduction,
): void {
  if (reductions.includes(reduction)) return;
  throw new RangeError(describe({
    what: `${operation}: reduction`,
    expected: '"mean", "sum" or "none"',
    got: String(reduction),
    help: 'Leave it out for "mean".',
  }));
}

/** The losses of all elements as what the caller wants of them. */
export function reduced(losses: Tensor, reduction: LossReduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/**
 * Refuses a target of another shape than the input's: broadcast, each element
 * would be compared with all of an axis.
 */
export function checkTarget(
  operation: string,
  input: AnyTensor,
  target: AnyTensor,
): void {
  checkDType(operation, "input", input);
  checkDType(operation, "target", target);
  if (isSameShape(input.shape, target.shape)) return;
  throw shapeError(
    `${operation}: input ${text(input.shape)} and target ${text(target.shape)}`,
    `a target of shape ${text(input.shape)}`,
    text(target.shape),
    "Reshape one of them: losses do not broadcast.",
  );
}
