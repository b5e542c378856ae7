import {
  type Dispatch,
  dispatch,
  type Operand,
  workgroupsFor,
} from "../kernel.ts";
import * as wgsl from "./sum_of_splits.gen.ts";

/** Elements that a workgroup makes. */
const elementsEach = 16;

/** Adds splits `[splits, length]`, each of the output's length, in a fixed order. */
export function sumOfSplits(splits: Operand, output: Operand): Dispatch {
  return dispatch(wgsl.sumOfSplits, {
    bind: { splits, output },
    constants: {},
    workgroups: workgroupsFor(output.buffer.length, elementsEach),
    label: "conv2dWeightGradientSum",
  });
}
