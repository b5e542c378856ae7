/** Types that operations' arguments refer to, and that programs seldom name. */
export type { Pair } from "./check.ts";
export type { AdaptiveSize } from "./adaptive_avg_pool2d.ts";
export type { Conv2dPadding } from "./convolution.ts";
export type { ConvTranspose2dOptions } from "./conv_transpose2d.ts";
export type { KernelArguments, WindowArguments } from "./window_arguments.ts";
export type { WindowOptions } from "./_window.ts";
export type { BatchNormOptions } from "./batch_norm.ts";
export type { ExtremumOperation } from "./extremum.ts";
export type { UpsampleOptions } from "./upsample.ts";
export type {
  BceWithLogitsOptions,
  LossOptions,
  LossReduction,
  NllLossOptions,
  SmoothL1LossOptions,
} from "./loss_options.ts";
