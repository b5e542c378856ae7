/**
 * Convolutional networks on Deno: trained and run on WebGPU with hand-written
 * WGSL, or on the CPU, with PyTorch's names and numbers.
 *
 * @example
 * ```ts ignore
 * import { train } from "@x/mnist-cnn";
 *
 * const { metrics } = await train({ epochs: 1 });
 * console.log(metrics.valAcc);
 * ```
 *
 * @module
 */
export {
  capture,
  type Captured,
  type CapturedResult,
} from "./src/core/capture.ts";
export * from "./src/data/mod.ts";
export type {
  Device,
  DeviceBuffer,
  DeviceCounters,
  DType,
  HostArray,
  Lifetime,
  Operand,
  Precision,
  Program,
} from "./src/devices/device.ts";
export type {
  ConvBlockEvalOperands,
  ConvBlockForwardOperands,
  ConvBlockGradientOperands,
  Kernels,
} from "./src/devices/kernels.ts";
export type * from "./kernels/shapes.ts";
export {
  CpuDevice,
  type CpuDeviceOptions,
} from "./src/devices/cpu/cpu_device.ts";
export {
  type KernelCost,
  type KernelRun,
  type KernelSummary,
  Profile,
} from "./src/devices/profile.ts";
export {
  type DeviceChoice,
  openDevice,
  type OpenDeviceOptions,
} from "./src/devices/select.ts";
export type { ConvolutionVariant } from "./src/devices/webgpu/kernels/conv2d.ts";
export {
  WebGpuDevice,
  type WebGpuDeviceOptions,
} from "./src/devices/webgpu/webgpu_device.ts";
export * from "./src/doctor/mod.ts";
export * from "./src/base/errors.ts";
export {
  evaluate,
  type EvaluateOptions,
  Evaluator,
  type Metrics,
} from "./src/training/evaluate.ts";
export * from "./src/formats/files.ts";
export { encodeNpz, writeNpz } from "./src/formats/npz.ts";
export * from "./src/formats/safetensors.ts";
export { stateDictWithin } from "./src/formats/state_dict_within.ts";
export {
  statisticsOf,
  type TensorStatistics,
} from "./src/formats/statistics.ts";
export * from "./src/formats/weights.ts";
export * from "./src/digits/mod.ts";
export { Mean } from "./src/training/mean.ts";
export * from "./src/models/mod.ts";
export * from "./src/nn/mod.ts";
export * from "./src/ops/mod.ts";
export * from "./src/optim/mod.ts";
export { predict, type Prediction } from "./src/training/predict.ts";
export * from "./src/report/mod.ts";
export {
  type DigitPrediction,
  type Guess,
  predictDigits,
} from "./src/digits/predict_digits.ts";
export { noGrad, Scope } from "./src/core/scope.ts";
export {
  type Backward,
  type Entry,
  type Input,
  record,
  Tape,
} from "./src/core/tape.ts";
export {
  type AnyTensor,
  type DTypeOf,
  type Images,
  type Shape,
  Tensor,
  type TensorOptions,
} from "./src/core/tensor.ts";
export { train } from "./src/training/train.ts";
export * from "./src/training/mod.ts";
export * from "./src/transforms/mod.ts";
