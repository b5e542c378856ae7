import {
  type Dispatch,
  dispatch,
  Scratch,
  workgroupsFor,
} from "../../kernel.ts";
import {
  type GradientOperands,
  type LinearShape,
  productsOf,
} from "../signature.ts";
import * as wgsl from "./gradients.gen.ts";

/** Invocations of a workgroup: the lanes of a vector. */
const workgroupSize = 8;

/**
 * The gradients in one command, where rows of x and the weight are whole fours;
 * null elsewhere, and where the bias's alone is wanted.
 */
export function gradients(
  { gradBias, gradOutput, gradWeight, gradX, weight, x }: GradientOperands,
  shape: LinearShape,
): Dispatch[] | null {
  const { batch, inFeatures, outFeatures } = shape;
  const isBiasAlone = gradBias !== null && gradWeight === null;
  if (inFeatures % 4 !== 0 || isBiasAlone) return null;
  const weightGroups = gradWeight === null
    ? 0
    : groupsOf(outFeatures, inFeatures);
  const inputGroups = gradX === null ? 0 : groupsOf(batch, inFeatures);
  const wanted = Number(gradWeight !== null) + Number(gradX !== null);
  return [dispatch(wgsl.gradients, {
    bind: {
      gradOutput,
      x,
      weight,
      gradX: gradX ?? new Scratch(4),
      gradWeight: gradWeight ?? new Scratch(4),
      gradBias: gradBias ?? new Scratch(outFeatures),
    },
    constants: {
      columns: inFeatures,
      outFeatures,
      weightGroups,
      workgroupSize,
    },
    workgroups: workgroupsFor(weightGroups + inputGroups, 1),
    iterations: Math.max(
      gradWeight === null ? 0 : batch,
      gradX === null ? 0 : outFeatures,
    ),
    cost: { operations: 2 * wanted * productsOf(shape) },
  })];
}

/** Workgroups of all tiles of `[rows, columns]`. */
function groupsOf(rows: number, columns: number): number {
  return Math.ceil(
    Math.ceil(rows / 4) * Math.ceil(columns / 8) / workgroupSize,
  );
}
