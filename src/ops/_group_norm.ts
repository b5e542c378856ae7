import {
  groupNormForward,
  groupNormInputGradient,
  groupNormParameterGradient,
  type GroupNormShape,
} from "../../kernels/group_norm/group_norm.ts";
import { record } from "../core/tape.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { constantOf } from "./_constant.ts";

/** Normalises each group of each image, and scales and shifts each channel. */
export function normaliseGroups<S extends Shape>(
  x: Tensor<S>,
  weight: Tensor | null,
  bias: Tensor | null,
  shape: GroupNormShape,
): Tensor<S> {
  const { device } = x;
  const { batch, channels, groups } = shape;
  const channel = () => Tensor.empty(device, [groups * channels]);
  const constant = (value: number) =>
    constantOf(device, new Float32Array(groups * channels).fill(value));
  const factors = weight ?? constant(1);
  const mean = Tensor.empty(device, [batch, groups]);
  const invStd = Tensor.empty(device, [batch, groups]);
  const output = Tensor.empty<S>(device, x.shape);
  device.run(groupNormForward, {
    x,
    weight: factors,
    bias: bias ?? constant(0),
    mean,
    invStd,
    output,
  }, shape);
  return record(output, [x, weight, bias], (gradOutput, gradients) => {
    const [gradX, gradWeight, gradBias] = gradients;
    const given = { gradOutput, x, mean, invStd };
    if (gradWeight !== null || gradBias !== null) {
      device.run(groupNormParameterGradient, {
        ...given,
        gradWeight: gradWeight ?? channel(),
        gradBias: gradBias ?? channel(),
      }, shape);
    }
    if (gradX === null) return;
    const operands = { ...given, weight: factors, gradX };
    device.run(groupNormInputGradient, operands, shape);
  });
}
