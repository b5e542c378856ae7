/**
 * The library for a page: all that trains and runs networks, and nothing that
 * needs files, Deno or a package of npm.
 *
 * `deno task bundle` writes it as ES modules for a script tag, `browser/mod.js`
 * and what that loads when it needs it; with a bundler, a program takes what it
 * uses and no more. WebGPU is used where the page has it, by HTTPS or from this
 * machine; else the CPU, on its cores where the page is isolated from other
 * origins, which shared memory asks for.
 *
 * @example
 * ```html
 * <script type="module">
 *   import * as nn from "./browser/mod.js";
 *
 *   const device = await nn.openDevice();
 *   const model = new nn.ConvolutionalNeuralNetwork().to(device);
 *   const { tensors } = await nn.readShippedWeights();
 *   model.loadStateDict(tensors);
 *   const image = nn.Tensor.zeros(device, [1, 1, 28, 28]);
 *   const scores = model.eval().forward(image);
 *   document.body.textContent = await scores.argmax(1).item();
 * </script>
 * ```
 *
 * @module
 */

import type { Device } from "../devices/device.ts";
import {
  openDevice as openWithoutMethods,
  type OpenDeviceOptions,
} from "../devices/select.ts";
import { installOperations } from "../ops/methods.ts";

export {
  DataError,
  DeviceError,
  FormatError,
  LibraryError,
  ShapeError,
  StateDictError,
  TrainingError,
} from "../base/errors.ts";
export { detectAnomaly } from "../core/anomaly.ts";
export { capture, type Captured } from "../core/capture.ts";
export { setDefaultDevice } from "../core/default_device.ts";
export { RandomGenerator } from "../core/random.ts";
export { noGrad, tidy } from "../core/scope.ts";
export { Tape } from "../core/tape.ts";
export {
  type Images,
  type Labels,
  type Shape,
  Tensor,
} from "../core/tensor.ts";
export { ConcatDataset } from "../data/concat_dataset.ts";
export {
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from "../data/data_loader.ts";
export type {
  ArrayDataset,
  Dataset,
  DatasetInputs,
  DatasetItem,
  DatasetTargets,
  ItemDataset,
} from "../data/dataset.ts";
export { randomSplit } from "../data/random_split.ts";
export * from "../data/subset.ts";
export * from "../data/tensor_dataset.ts";
export type { DType } from "../devices/device.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type HostTensor,
  type SafetensorsContents,
} from "../formats/safetensors.ts";
export {
  ConvolutionalNeuralNetwork,
  type ConvolutionalNeuralNetworkOptions,
  MultilayerPerceptron,
  type MultilayerPerceptronOptions,
  normalizeInputs,
  readShippedWeights,
  WiderConvolutionalNeuralNetwork,
} from "../models/mod.ts";
export * as init from "../nn/init.ts";
export * from "../nn/mod.ts";
export * from "../ops/operations.ts";
export * from "../optim/mod.ts";
export * as lrScheduler from "../optim/schedules/mod.ts";
export {
  evaluate,
  type EvaluateOptions,
  Evaluator,
  type Metrics,
} from "../training/evaluate.ts";
export type { Loss, LossFunction } from "../training/loss.ts";
export { Mean } from "../training/mean.ts";
export * as metrics from "../training/metrics/mod.ts";
export { predict, type Prediction } from "../training/predict.ts";
export * as transforms from "../transforms/mod.ts";
export type { Device, OpenDeviceOptions };

/**
 * Opens a device, a GPU if there is one, else the CPU; gives tensors the
 * operations as methods. {@linkcode OpenDeviceOptions} says what may be chosen.
 *
 * @throws {DeviceError} If `webgpu` is asked for and no adapter can be used.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor } from "@x/mnist-cnn/browser";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [-1, 2], [2]);
 * assertEquals(await x.relu().data(), new Float32Array([0, 2]));
 * ```
 *
 * @category Devices
 */
export async function openDevice(
  options: OpenDeviceOptions = {},
): Promise<Device> {
  installOperations();
  return await openWithoutMethods(options);
}
