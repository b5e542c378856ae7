import {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "./conv2d/conv2d.ts";
import type { AnyKernel } from "./kernel.ts";

/** Kernels whose implementations a device times, at the sizes of their samples. */
export const tunable: readonly AnyKernel[] = [
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
];
