import {
  type Dispatch,
  dispatch,
  type Operand,
  workgroupsFor,
} from "../../kernel.ts";
import type { Conv2dShape } from "../shape.ts";
import { type Correlation, noBias } from "./pack.ts";
import * as wgsl from "./phases.gen.ts";

/** Invocations of a workgroup. */
const workgroupSize = 64;

/** Images of the phases of x, to which a bias is added that is not null. */
export function imageOfPhases(
  phases: Operand,
  bias: Operand | null,
  images: Operand,
  shape: Conv2dShape,
): Dispatch {
  const { batch, inChannels, inHeight, inWidth } = shape;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = shape;
  const options = {
    constants: {
      channels: inChannels,
      height: inHeight,
      width: inWidth,
      strideHeight,
      strideWidth,
      paddingHeight: shape.paddingHeight,
      paddingWidth: shape.paddingWidth,
      phaseRows: Math.min(strideHeight, kernelHeight),
      phaseColumns: Math.min(strideWidth, kernelWidth),
      hasBias: Number(bias !== null),
      workgroupSize,
    },
    workgroups: workgroupsFor(batch * inChannels * inHeight, workgroupSize),
    iterations: inWidth,
    label: "conv2dImageOfPhases",
  };
  const shift = bias ?? noBias();
  return strideWidth === 2 && inWidth % 4 === 0
    ? dispatch(wgsl.imageOfHalves, {
      bind: { phasePairs: phases, bias: shift, fours: images },
      ...options,
    })
    : dispatch(wgsl.imageOfPhases, {
      bind: { phases, bias: shift, images },
      ...options,
    });
}

/** The weight of the splits of the windows over the phases. */
export function weightOfPhases(
  splits: Operand,
  weight: Operand,
  shape: Conv2dShape,
  { windowHeight, windowWidth }: Correlation,
): Dispatch {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = shape;
  return dispatch(wgsl.weightOfPhases, {
    bind: { splits, weight },
    constants: {
      kernelHeight,
      kernelWidth,
      windowHeight,
      windowWidth,
      strideRows: strideHeight,
      strideColumns: strideWidth,
      phasesDown: Math.min(strideHeight, kernelHeight),
      phasesAcross: Math.min(strideWidth, kernelWidth),
      workgroupSize,
    },
    workgroups: workgroupsFor(weight.buffer.length, workgroupSize),
    label: "conv2dWeightOfPhases",
  });
}
