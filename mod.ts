/**
 * Convolutional networks on Deno: trained and run on WebGPU with hand-written
 * WGSL, or on the CPU, with PyTorch's names and numbers.
 *
 * A `Tensor` lives on a device, which `openDevice` opens. Layers make a model, a
 * `Tape` notes what is computed and goes back through it for the gradients, and an
 * optimizer moves the parameters. `train` does all of that as the PyTorch notebook
 * does, and takes a model, a loss and data of yours.
 *
 * Beside this module there are
 *
 * - `./browser`: the library for a page;
 * - `./digits`: pictures of digits, read and drawn;
 * - `./report`: a training on one page, and its curves;
 * - `./formats`: safetensors, `.pth`, `.npz`, IDX;
 * - `./kernel`: operations of your own;
 * - `./serve`: predictions over HTTP;
 * - `./doctor`: what is there to train on;
 * - `./cli`: the command line.
 *
 * @example Train on MNIST
 * ```ts ignore
 * import { train } from "@x/mnist-cnn";
 *
 * const { metrics } = await train({ epochs: 1 });
 * console.log(metrics.valAcc);
 * ```
 *
 * @example A step by hand
 * ```ts
 * import * as nn from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await nn.openDevice({ device: "cpu" });
 * const model = new nn.Linear(2, 1).to(device, { seed: 0 });
 * const optimizer = new nn.SGD(model.parameters(), { lr: 0.01 });
 * const x = nn.Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * const y = nn.Tensor.from(device, [5, 6], [2, 1]);
 * const losses: number[] = [];
 * for (let step = 0; step < 2; step++) {
 *   const tape = new nn.Tape();
 *   const loss = nn.mseLoss(model.forward(x), y);
 *   optimizer.zeroGrad();
 *   tape.backward(loss);
 *   optimizer.step();
 *   const value = loss.item();
 *   tape[Symbol.dispose]();
 *   losses.push(await value);
 * }
 * assertEquals(losses[1] < losses[0], true);
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
