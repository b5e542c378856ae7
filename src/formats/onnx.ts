/**
 * The weights of ONNX files: those of the operations that `writeOnnx` writes, and
 * of PyTorch's that shape their inputs.
 *
 * @module
 */

import { hostTensor, type TensorInfo } from "./_elements.ts";
import { FormatError } from "../base/errors.ts";
import { malformed, show } from "./_malformed.ts";
import { noTensor } from "./_no_tensor.ts";
import { type OnnxContent, parseOnnx } from "./_onnx_messages.ts";
import { loadProtobuf } from "./protobuf.ts";
import type { Source } from "./_source.ts";
import type { WeightsFile } from "./_weights_file.ts";

/** The operations that a network is written with. */
export const onnxOperations = [
  "Abs",
  "Add",
  "AveragePool",
  "BatchNormalization",
  "Constant",
  "Conv",
  "ConvTranspose",
  "Div",
  "Elu",
  "Erf",
  "Exp",
  "Gemm",
  "Identity",
  "InstanceNormalization",
  "LeakyRelu",
  "Log",
  "LogSoftmax",
  "Max",
  "MaxPool",
  "Min",
  "Mul",
  "Neg",
  "Pad",
  "Pow",
  "ReduceMean",
  "Relu",
  "Reshape",
  "Sigmoid",
  "Softmax",
  "Softplus",
  "Sqrt",
  "Sub",
  "Tanh",
] as const;

/** An operation that a network is written with. */
export type OnnxOperation = typeof onnxOperations[number];

/** What PyTorch writes of `x.flatten(1)` and `x.reshape(x.size(0), -1)`. */
const shaping = ["Concat", "Flatten", "Gather", "Shape", "Unsqueeze"];

/** Longer files are refused: they are read whole. */
const largest = 2 ** 29;

/** Bytes of a file's version, and of the tags that may follow it. */
const [versionTag, ...nextTags] = [0x08, 0x12, 0x1a, 0x22, 0x28, 0x3a, 0x42];

/** Whether a file that starts so is an ONNX file. */
export function isOnnx([tag, version, next]: Uint8Array): boolean {
  return tag === versionTag && version > 0 && version < 0x40 &&
    nextTags.includes(next);
}

/**
 * Opens the weights of an ONNX file: its floats, under the names that parameters
 * and buffers have in a state dictionary. The count of batches that a batch
 * normalisation has seen is not among them.
 *
 * @throws {FormatError} If the file is damaged; or has an operation, a layout or
 * names that a state dictionary does not have.
 * @throws {LibraryError} If the library that reads protobuf cannot be loaded.
 */
export async function openOnnx(source: Source): Promise<WeightsFile> {
  const { name: where, size } = source;
  if (size > largest) {
    throw malformed(where, `at most ${largest} bytes of ONNX`, `${size}`, {
      help: "Save the weights alone: torch.save(model.state_dict(), path).",
    });
  }
  const content = await parsed(await source.read(0, size), where);
  checkNodes(content, where);
  const tensors = new Map<string, TensorInfo>();
  const stored = withCopies(content);
  for (const [name, { dtype, shape }] of stored) {
    // Whole numbers are shapes.
    if (!/F/.test(dtype)) continue;
    checkName(name, where);
    tensors.set(name, { dtype, shape });
  }
  return {
    format: "onnx",
    tensors,
    metadata: content.metadata,
    read(name) {
      const tensor = stored.get(name);
      if (tensor === undefined || !tensors.has(name)) {
        return Promise.reject(noTensor(where, name));
      }
      const { bytes, dtype, shape } = tensor;
      return Promise.resolve(hostTensor(bytes, dtype, shape));
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/**
 * The constants, and those that are equal to another one, of which PyTorch writes
 * one alone: the others are its `Identity`, under their names.
 */
function withCopies({ nodes, tensors }: OnnxContent) {
  const all = new Map(tensors);
  for (const { inputs: [input], operation, outputs: [output] } of nodes) {
    const tensor = all.get(input);
    const isCopy = operation === "Identity" && tensor !== undefined &&
      copyName.test(output) && !all.has(output);
    if (isCopy) all.set(output, tensor);
  }
  return all;
}

async function parsed(bytes: Uint8Array, where: string): Promise<OnnxContent> {
  const protobuf = await loadProtobuf();
  try {
    return parseOnnx(protobuf, bytes, where);
  } catch (cause) {
    // The library throws these two where a file ends too early.
    const isItsOwn = cause instanceof RangeError ||
      (cause instanceof Error && cause.constructor === Error);
    if (cause instanceof FormatError || !isItsOwn) throw cause;
    throw malformed(where, "an ONNX file", cause.message, {
      help: "The file is damaged or no ONNX file: export it again.",
      cause,
    });
  }
}

/** Refuses a network whose weights are no state dictionary of its layers. */
function checkNodes({ nodes }: OnnxContent, where: string): void {
  for (const { integers, operation } of nodes) {
    const isKnown = onnxOperations.some((known) => known === operation) ||
      shaping.includes(operation);
    if (!isKnown) {
      throw malformed(where, onnxOperations.join(", "), show(operation), {
        help: "Save the weights alone: torch.save(model.state_dict(), path).",
      });
    }
    if (operation === "Gemm" && integers.get("transB") !== 1) {
      throw malformed(where, "Gemm with transB = 1", "a transposed weight", {
        help: "Save the weights alone: torch.save(model.state_dict(), path).",
      });
    }
  }
}

/**
 * A name in a state dictionary: `layer1.0.weight`, `0.weight`. What an exporter
 * has computed is a number, or `onnx::Conv_21`.
 */
const stateName = /^(\d+\.)*[a-zA-Z_]\w*(\.\w+)*$/;

/** The same without what an exporter calls a value between: `input.3`. */
const copyName = /^(\w+\.)+[a-zA-Z_]\w*$/;

/** Refuses the names of what an exporter has computed from weights. */
function checkName(name: string, where: string): void {
  if (stateName.test(name)) return;
  throw malformed(
    where,
    "names as a state dictionary has them: layer1.0.weight",
    show(name),
    {
      help: "In Python, export it with its own weights: torch.onnx.export(…, " +
        "do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE).",
    },
  );
}
