/** Modules: layers, and what makes a model of them. */
export { AdaptiveAvgPool2d } from "./adaptive_avg_pool2d.ts";
export { AvgPool2d } from "./avg_pool2d.ts";
export { BatchNorm1d } from "./batch_norm1d.ts";
export { BatchNorm2d } from "./batch_norm2d.ts";
export { ModuleBuffer } from "./module_buffer.ts";
export { Conv2d, type Conv2dLayerOptions } from "./conv2d.ts";
export {
  ConvTranspose2d,
  type ConvTranspose2dLayerOptions,
} from "./conv_transpose2d.ts";
export { CrossEntropyLoss } from "./cross_entropy_loss.ts";
export { Dropout } from "./dropout.ts";
export { Dropout2d } from "./dropout2d.ts";
export { GroupNorm } from "./group_norm.ts";
export { LayerNorm } from "./layer_norm.ts";
export { ELU } from "./elu.ts";
export { Flatten } from "./flatten.ts";
export { GELU } from "./gelu.ts";
export { Identity } from "./identity.ts";
export { LeakyReLU } from "./leaky_relu.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { MaxPool2d } from "./max_pool2d.ts";
export type { ForwardHook, ForwardPreHook } from "./forward.ts";
export { type Layer, Module } from "./module.ts";
export type { PlacementOptions } from "./_placement.ts";
export { ModuleList } from "./module_list.ts";
export { type LoadOptions, LoadReport } from "./_state_dict.ts";
export { Parameter } from "./parameter.ts";
export { ReLU } from "./relu.ts";
export { Sequential } from "./sequential.ts";
export { Sigmoid } from "./sigmoid.ts";
export { SiLU } from "./silu.ts";
export { Softplus } from "./softplus.ts";
export { summary } from "./summary.ts";
export { Tanh } from "./tanh.ts";
export type { LayerTrace, Trace } from "./_trace.ts";
export { Upsample } from "./upsample.ts";
export { BCEWithLogitsLoss } from "./bce_with_logits_loss.ts";
export { L1Loss } from "./l1_loss.ts";
export { LogSoftmax } from "./log_softmax.ts";
export { MSELoss } from "./mse_loss.ts";
export { NLLLoss } from "./nll_loss.ts";
export { SmoothL1Loss } from "./smooth_l1_loss.ts";
export { Softmax } from "./softmax.ts";
