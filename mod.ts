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
export { capture, type Captured, type CapturedResult } from "./src/capture.ts";
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
export * from "./src/errors.ts";
export {
  evaluate,
  type EvaluateOptions,
  Evaluator,
  type Metrics,
} from "./src/evaluate.ts";
export * from "./src/files.ts";
export { encodeNpz, writeNpz } from "./src/formats/npz.ts";
export * from "./src/formats/safetensors.ts";
export { stateDictWithin } from "./src/formats/state_dict_within.ts";
export {
  statisticsOf,
  type TensorStatistics,
} from "./src/formats/statistics.ts";
export * from "./src/formats/weights.ts";
export * from "./src/images/mod.ts";
export { Mean } from "./src/mean.ts";
export { ConvolutionalNeuralNetwork } from "./src/network.ts";
export { WiderConvolutionalNeuralNetwork } from "./src/wider_network.ts";
export * from "./src/nn/mod.ts";
export * from "./src/ops/mod.ts";
export * from "./src/optim/mod.ts";
export { predict, type Prediction } from "./src/predict.ts";
export * from "./src/report/mod.ts";
export {
  type DigitPrediction,
  type Guess,
  predictDigits,
} from "./src/predict_digit.ts";
export { noGrad, Scope } from "./src/scope.ts";
export { readShippedWeights } from "./src/shipped_weights.ts";
export {
  type Backward,
  type Entry,
  type Input,
  record,
  Tape,
} from "./src/tape.ts";
export {
  type AnyTensor,
  type DTypeOf,
  type Images,
  type Shape,
  Tensor,
  type TensorOptions,
} from "./src/tensor.ts";
export { train } from "./src/train.ts";
export * from "./src/training/mod.ts";
export * from "./src/transforms/mod.ts";
