/**
 * Files of numbers: safetensors, PyTorch's `.pth`, NumPy's `.npz` and MNIST's
 * IDX; files that are written whole or not at all; and where those of a data set
 * are fetched from.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array([1, 2]);
 * const file = encodeSafetensors([["bias", { dtype: "F32", shape: [2], data }]]);
 * assertEquals(decodeSafetensors(file).tensors.get("bias")?.data, data);
 * ```
 *
 * @module
 */
export * from "./data_source.ts";
export * from "./files.ts";
export * from "./idx.ts";
export { encodeNpz, writeNpz } from "./npz.ts";
export { encodePyTorch, writePyTorch } from "./pytorch.ts";
export * from "./safetensors.ts";
export { stateDictWithin } from "./state_dict_within.ts";
export { statisticsOf, type TensorStatistics } from "./statistics.ts";
export * from "./weights.ts";
export {
  weightsEndings,
  type WritableWeights,
  writeWeights,
} from "./write_weights.ts";
