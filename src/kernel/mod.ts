/**
 * The parts of an operation of your own: the contract of a device, the
 * kernels that it has, and the record of an operation for its gradient.
 *
 * @example
 * ```ts
 * import { openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
 * import { kernel, record } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const forward = kernel({
 *   name: "square",
 *   operands: { x: "read", output: "write" },
 *   reference({ output, x }) {
 *     for (let i = 0; i < output.length; i++) output[i] = x[i] * x[i];
 *   },
 * });
 *
 * const gradient = kernel({
 *   name: "squareGradient",
 *   operands: { gradOutput: "read", x: "read", gradX: "write" },
 *   reference({ gradOutput, gradX, x }) {
 *     for (let i = 0; i < gradX.length; i++) {
 *       gradX[i] = gradOutput[i] * 2 * x[i];
 *     }
 *   },
 * });
 *
 * function square(x: Tensor): Tensor {
 *   const output = Tensor.empty(x.device, x.shape);
 *   x.device.run(forward, { x, output });
 *   return record(output, [x], (gradOutput, [gradX]) => {
 *     x.device.run(gradient, { gradOutput, x, gradX });
 *   });
 * }
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Tensor.from(device, [1, 2, 3], [3], { requiresGrad: true });
 * {
 *   using tape = new Tape();
 *   tape.backward(sum(square(x)));
 * }
 * assertEquals(await x.grad?.data(), new Float32Array([2, 4, 6]));
 * ```
 *
 * With a WGSL source it runs on WebGPU too: `examples/own_kernel.ts`.
 *
 * @module
 */
export type {
  DTypeOf,
  HostValues,
  Integers,
  NestedNumbers,
} from "../core/host_values.ts";
export type { Scope, TensorResult } from "../core/scope.ts";
export type { Place } from "../core/anomaly.ts";
export {
  type Backward,
  type Entry,
  type Gradients,
  type Input,
  record,
} from "../core/tape.ts";
export type { AnyTensor, TensorOptions } from "../core/tensor.ts";
export type {
  Creation,
  RandomCreation,
  RandomOptions,
  RangeArguments,
  UniformCreation,
  ValueOptions,
} from "../core/tensor_creation.ts";
export { CpuDevice, type CpuDeviceOptions } from "../devices/cpu/cpu_device.ts";
export type {
  DeviceBuffer,
  DeviceCounters,
  HostArray,
  Lifetime,
  Program,
} from "../devices/device.ts";
export {
  type KernelRun,
  type KernelSummary,
  Profile,
} from "../devices/profile.ts";
export type { DeviceChoice } from "../devices/select.ts";
export {
  WebGpuDevice,
  type WebGpuDeviceOptions,
} from "../devices/webgpu/webgpu_device.ts";
export type {
  Extrema,
  GeluOptions,
  ReductionArguments,
  ReductionOptions,
  TensorMethods,
  VarianceOptions,
} from "../core/tensor_methods.ts";
export type { ItemValues } from "../data/dataset.ts";
export type { Loss, LossFunction } from "../training/loss.ts";
export type { Metric } from "../training/metrics/metric.ts";
export type { RandomSplitOptions } from "../data/random_split.ts";
export type { OpenDatasetOptions } from "../datasets/mod.ts";
export type { ExportOnnxOptions } from "../onnx/mod.ts";
export type { Conv2dLayerOptions } from "../nn/conv2d.ts";
export type { ConvTranspose2dLayerOptions } from "../nn/conv_transpose2d.ts";
export type { LinearOptions } from "../nn/linear.ts";
export type { AdadeltaOptions } from "../optim/adadelta.ts";
export type { ExponentialMovingAverageOptions } from "../optim/exponential_moving_average.ts";
export type { RMSpropOptions } from "../optim/rmsprop.ts";
export type { ForwardInputs } from "../nn/forward.ts";
export { BatchNorm, type BatchNormLayerOptions } from "../nn/batch_norm.ts";
export type { GroupNormOptions } from "../nn/group_norm.ts";
export type { LayerNormOptions } from "../nn/layer_norm.ts";
export type { Stage, StageName, StageOf } from "../nn/stage.ts";
export type { BufferOptions, BufferValues } from "../nn/module_buffer.ts";
export type { StatePart } from "../nn/module.ts";
export { ModuleTree } from "../nn/module_tree.ts";
export type { Arena, Draw, Initialise } from "../nn/parameter.ts";
export { convBlock, type ConvBlockOptions } from "../ops/conv_block.ts";
export { binary, type BinaryOperation } from "../ops/binary.ts";
export type { Comparable, ComparisonOperation } from "../ops/comparison.ts";
export {
  reduction,
  type ReductionOperation,
  type ScaledReduction,
} from "../ops/reduction.ts";
export type * from "../ops/types.ts";
export { unary, type UnaryOperation } from "../ops/unary.ts";
export type {
  LearningRateOptions,
  OptimizerRules,
  ParameterGroup,
  Slot,
  Span,
} from "../optim/optimizer.ts";
export type {
  Access,
  AdapterTraits,
  AnyKernelCall,
  ArraysOf,
  CpuTraits,
  Dispatch,
  DispatchOptions,
  Kernel,
  KernelCall,
  KernelCost,
  KernelDefinition,
  KernelSample,
  NumberArray,
  Operand,
  OperandsOf,
  Precision,
  Signature,
  ThreadMemory,
  Variant,
  WasmArguments,
  WasmCall,
  WasmFunction,
  WasmImplementation,
  WasmType,
  WasmWork,
  WebGpuImplementation,
  WebGpuSteps,
  Workgroups,
} from "../../kernels/kernel.ts";
export {
  call,
  dispatch,
  iterationLimit,
  kernel,
  Scratch,
  Texture,
  wasmFunction,
  workgroupsFor,
} from "../../kernels/kernel.ts";
export { broadcastAxes, reductionAxes } from "../../kernels/lib/axes.ts";
export { elementwise } from "../../kernels/lib/elementwise.ts";
export { entryPointsOf } from "../../kernels/wgsl.ts";
export type {
  BinaryDefinition,
  BinaryGradient,
  BinaryGradientOperands,
  BinaryKernels,
  BroadcastFunction,
  BroadcastOperands,
} from "../../kernels/lib/binary.ts";
export type {
  ReductionDefinition,
  ReductionKernels,
  ReductionParams,
} from "../../kernels/lib/reduction.ts";
export type {
  UnaryArguments,
  UnaryDefinition,
  UnaryGradientArguments,
  UnaryKernels,
  UnaryParameters,
} from "../../kernels/lib/unary.ts";
export type {
  Binding,
  BindingAccess,
  EntryPoint,
  SourceLine,
  UniformMember,
  WgslModule,
} from "../../kernels/wgsl.ts";
