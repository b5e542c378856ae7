/**
 * Convolutional networks on Deno: trained and run on WebGPU with hand-written
 * WGSL, or on the CPU, with PyTorch's names and numbers.
 *
 * Beside this module there are `./digits`, pictures of digits; `./report`, a
 * training on one page; `./formats`, files of numbers; `./doctor`, what is there
 * to train on; `./kernel`, operations of your own; `./serve`, predictions over
 * HTTP; `./browser`, the library for a page; and `./cli`.
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
import "./src/digits/display.ts";

export {
  DataError,
  DeviceError,
  FormatError,
  LibraryError,
  ShapeError,
  StateDictError,
  TrainingError,
} from "./src/base/errors.ts";
export { detectAnomaly } from "./src/core/anomaly.ts";
export { capture, type Captured } from "./src/core/capture.ts";
export { setDefaultDevice } from "./src/core/default_device.ts";
export { RandomGenerator } from "./src/core/random.ts";
export { noGrad, tidy } from "./src/core/scope.ts";
export { Tape } from "./src/core/tape.ts";
export {
  type Images,
  type Labels,
  type Shape,
  Tensor,
} from "./src/core/tensor.ts";
export * from "./src/data/mod.ts";
export { openDataset } from "./src/datasets/mod.ts";
export type { Device, DType } from "./src/devices/device.ts";
export { openDevice, type OpenDeviceOptions } from "./src/devices/select.ts";
export type { HostTensor } from "./src/formats/safetensors.ts";
export { writeSafetensors } from "./src/formats/safetensors.ts";
export { readWeights, type Weights } from "./src/formats/weights.ts";
export {
  ConvolutionalNeuralNetwork,
  type ConvolutionalNeuralNetworkOptions,
  MultilayerPerceptron,
  type MultilayerPerceptronOptions,
  type NetworkName,
  normalizeInputs,
  readShippedWeights,
  WiderConvolutionalNeuralNetwork,
} from "./src/models/mod.ts";
export * as init from "./src/nn/init.ts";
export * from "./src/nn/mod.ts";
export { exportOnnx, writeOnnx } from "./src/onnx/mod.ts";
export * from "./src/ops/mod.ts";
export * from "./src/optim/mod.ts";
export * as lrScheduler from "./src/optim/schedules/mod.ts";
export {
  type AugmentSettings,
  type Checkpoint,
  type EpochResult,
  evaluate,
  type EvaluateOptions,
  Evaluator,
  Mean,
  type Metrics,
  metrics,
  predict,
  type Prediction,
  readCheckpoint,
  type SavedCheckpoint,
  type StepLoss,
  type StepResult,
  train,
  type TrainCallbacks,
  Trainer,
  type TrainOptions,
  type TrainResult,
  type TrainSettings,
  writeCheckpoint,
} from "./src/training/mod.ts";
export * as transforms from "./src/transforms/mod.ts";
