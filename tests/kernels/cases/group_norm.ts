import {
  groupNormForward,
  groupNormInputGradient,
  groupNormParameterGradient,
  type GroupNormShape,
} from "../../../kernels/group_norm/group_norm.ts";
import { runReference } from "../../reference.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** Worst measured: 3.4e-6 absolute, of values up to 316. */
const TOLERANCE = { atol: 5e-6, rtol: 1e-5 };
/** Sums over up to 1,300 terms. Worst measured: 2.1e-5 absolute. */
const SUMS = { atol: 1e-4, rtol: 1e-5 };
/** Values near 1000, neighbours in f32 6e-5 apart. */
const FAR = { atol: 1e-4, rtol: 1e-6 };

const SHAPES: Record<string, GroupNormShape> = {
  "a row": { batch: 1, groups: 1, channels: 7, area: 1, eps: 1e-5 },
  "rows": { batch: 65, groups: 1, channels: 100, area: 1, eps: 1e-5 },
  "groups of images": {
    batch: 3,
    groups: 2,
    channels: 5,
    area: 77,
    eps: 1e-5,
  },
  "groups of one channel": {
    batch: 2,
    groups: 70,
    channels: 1,
    area: 9,
    eps: 1e-3,
  },
  // More workgroups than a row of the grid may have.
  "65,537 groups": {
    batch: 65_537,
    groups: 1,
    channels: 2,
    area: 1,
    eps: 1e-3,
  },
  "many images": { batch: 100, groups: 3, channels: 2, area: 13, eps: 1e-5 },
};

/** Every kernel of the group normalisation on every shape. */
export const groupNormCases: readonly KernelCase[] = [
  ...Object.entries(SHAPES).flatMap(([name, shape]): KernelCase[] => [
    {
      name: `groupNormForward: ${name}`,
      run: (harness) =>
        harness.check(groupNormForward, inputs(shape), shape, TOLERANCE),
    },
    {
      name: `groupNormInputGradient: ${name}`,
      run(harness) {
        const { weight, ...given } = normalised(shape);
        const gradX = new Float64Array(given.x.length);
        const operands = { ...given, weight, gradX };
        harness.check(groupNormInputGradient, operands, shape, TOLERANCE);
      },
    },
    {
      name: `groupNormParameterGradient: ${name}`,
      run(harness) {
        const { weight, ...given } = normalised(shape);
        const gradWeight = new Float64Array(weight.length);
        const gradBias = new Float64Array(weight.length);
        const operands = { ...given, gradWeight, gradBias };
        harness.check(groupNormParameterGradient, operands, shape, SUMS);
      },
    },
  ]),
  {
    name: "groupNormForward: a mean far from 0",
    run(harness) {
      const shape = SHAPES["groups of images"];
      const given = inputs(shape);
      const x = rounded(given.x.map((value) => 1000 + value));
      const tolerance = { output: FAR, mean: FAR, invStd: FAR };
      harness.check(groupNormForward, { ...given, x }, shape, tolerance);
    },
  },
];

function inputs({ area, batch, channels, groups }: GroupNormShape) {
  const length = batch * groups * channels * area;
  return {
    x: random(length, 1),
    weight: random(groups * channels, 2),
    bias: random(groups * channels, 3),
    mean: new Float64Array(batch * groups),
    invStd: new Float64Array(batch * groups),
    output: new Float64Array(length),
  };
}

/** A gradient, and what the forward pass has left for it. */
function normalised(shape: GroupNormShape) {
  const { invStd, mean, weight, x } = runReference(
    groupNormForward,
    inputs(shape),
    shape,
  );
  return {
    gradOutput: random(x.length, 4),
    x,
    mean: rounded(mean),
    invStd: rounded(invStd),
    weight,
  };
}
