import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, spacedInput, uniformInput } from "../gradcheck.ts";

/** Values on both sides of 0, some near it. */
const wide = uniformInput([3, 5], 1, { scale: 3 });
/** Values away from 0 and from each other. */
const spaced = spacedInput([3, 4], 2);
const positive = uniformInput([3, 4], 3, { center: 2, scale: 0.8 });

function cases(
  inputs: GradcheckCase["inputs"],
  ...runs: ((...operands: Tensor[]) => Tensor)[]
): GradcheckCase[] {
  return runs.map((run) => ({ run, inputs }));
}

/** Cases of elementwise operations. */
export const elementwiseRows: Readonly<
  Record<string, readonly GradcheckCase[]>
> = {
  abs: cases([spaced], ops.abs),
  clamp: cases(
    // No bound is near a value: they are odd multiples of 0.15.
    [spaced],
    (x) => ops.clamp(x, -0.6, 0.9),
    (x) => ops.clamp(x, 0.3),
    (x) => ops.clamp(x, null, 0),
  ),
  elu: cases([spaced], (x) => ops.elu(x), (x) => ops.elu(x, 0.5)),
  gelu: cases(
    [wide],
    (x) => ops.gelu(x),
    (x) => ops.gelu(x, { approximate: "tanh" }),
  ),
  maximum: [
    ...cases([spaced, uniformInput([1], 4, { scale: 0.1 })], ops.maximum),
    ...cases([spaced], (x) => ops.maximum(0, x)),
  ],
  minimum: [
    ...cases([spaced, uniformInput([1, 1], 4, { scale: 0.1 })], ops.minimum),
    ...cases([spaced], (x) => ops.minimum(x, 0)),
  ],
  neg: cases([wide], ops.neg),
  pow: [
    ...cases([positive, uniformInput([4], 5, { scale: 2 })], ops.pow),
    ...cases([wide], (x) => ops.pow(x, 3), (x) => ops.pow(0.5, x)),
    ...cases([positive], (x) => ops.pow(x, -1.5), (x) => ops.pow(x, 0.5)),
  ],
  reciprocal: cases([positive], ops.reciprocal),
  silu: cases([wide], ops.silu),
  softplus: cases(
    [wide],
    (x) => ops.softplus(x),
    (x) => ops.softplus(x, 0.5, 100),
  ),
  sqrt: cases([positive], ops.sqrt),
  square: cases([wide], ops.square),
  where: [
    ...cases(
      [uniformInput([3], 6), uniformInput([2, 1], 7)],
      (a, b) => ops.where(checkered(a.device), a, b),
    ),
    ...cases([spaced], (x) => ops.where(ops.gt(x, 0), x, -1)),
  ],
};

/** A condition that holds for every other element of `[2, 3]`. */
function checkered(device: Device): Tensor {
  return Tensor.from(device, [1, 0, 1, 0, 1, 0], [2, 3]);
}
