/**
 * The messages of an ONNX file, as far as a convolutional network needs them:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

import type { OnnxOperation } from "../formats/onnx.ts";
import type { Protobuf, ProtobufWriter } from "../formats/protobuf.ts";

/** The value of an attribute of a node. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: Float32Array };

/** An operation between values, which are known by name. */
export interface Node {
  /** ONNX's name of the operation: `Conv`. */
  readonly operation: OnnxOperation;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** Name of its output. */
  readonly output: string;
  /** Its attributes; numbers are integers unless they say otherwise. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A constant. */
export interface Initializer {
  /** Its name as a value. */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its elements: floats, or whole numbers of 64 bits. */
  readonly data: Float32Array | BigInt64Array;
}

/** A whole file. */
export interface OnnxModel {
  /** Operations in the order of their inputs. */
  readonly nodes: readonly Node[];
  /** Constants. */
  readonly initializers: readonly Initializer[];
  /** Name and shape of the input; its first size is the batch's. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** The same of the output. */
  readonly output: { readonly name: string; readonly shape: readonly number[] };
  /** Text beside the network. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The oldest versions that have all operations as they are used here. */
const irVersion = 7;
const opset = 13;

/** Element types: `TensorProto.DataType`. */
const float = 1;
const int64 = 7;

/** Types of attributes: `AttributeProto.AttributeType`. */
const attributeTypes = { float: 1, integer: 2, floats: 6, integers: 7 };

/** Encodes a file. */
export function encodeModel(protobuf: Protobuf, model: OnnxModel): Uint8Array {
  const file = protobuf.Writer.create();
  /** A message within another. */
  const message = (
    writer: ProtobufWriter,
    field: number,
    write: () => void,
  ) => {
    writer.uint32(field << 3 | 2).fork();
    write();
    writer.ldelim();
  };
  const text = (field: number, value: string) =>
    file.uint32(field << 3 | 2).string(value);
  const integer = (field: number, value: number) =>
    file.uint32(field << 3).int64(value);

  const attribute = (name: string, value: Attribute) =>
    message(file, 5, () => {
      text(1, name);
      if (typeof value === "number") {
        integer(3, value);
        integer(20, attributeTypes.integer);
      } else if ("float" in value) {
        file.uint32(2 << 3 | 5).float(value.float);
        integer(20, attributeTypes.float);
      } else if ("floats" in value) {
        for (const one of value.floats) file.uint32(7 << 3 | 5).float(one);
        integer(20, attributeTypes.floats);
      } else {
        for (const one of value) integer(8, one);
        integer(20, attributeTypes.integers);
      }
    });
  const valueInfo = (
    field: number,
    { name, shape }: { name: string; shape: readonly number[] },
  ) =>
    message(file, field, () => {
      text(1, name);
      message(file, 2, () =>
        message(file, 1, () => {
          integer(1, float);
          message(file, 2, () => {
            for (const [axis, size] of shape.entries()) {
              message(file, 1, () => {
                if (axis === 0) text(2, "batch");
                else integer(1, size);
              });
            }
          });
        }));
    });

  integer(1, irVersion);
  text(2, "@x/mnist-cnn");
  message(file, 7, () => {
    for (const { attributes = {}, inputs, operation, output } of model.nodes) {
      message(file, 1, () => {
        for (const input of inputs) text(1, input);
        text(2, output);
        text(3, output);
        text(4, operation);
        for (const [name, value] of Object.entries(attributes)) {
          attribute(name, value);
        }
      });
    }
    text(2, "network");
    for (const { data, name, shape } of model.initializers) {
      message(file, 5, () => {
        for (const size of shape) integer(1, size);
        integer(2, data instanceof Float32Array ? float : int64);
        text(8, name);
        const { buffer, byteLength, byteOffset } = data;
        const bytes = new Uint8Array(buffer, byteOffset, byteLength);
        file.uint32(9 << 3 | 2).bytes(bytes);
      });
    }
    valueInfo(11, model.input);
    valueInfo(12, model.output);
  });
  message(file, 8, () => {
    text(1, "");
    integer(2, opset);
  });
  for (const [key, value] of Object.entries(model.metadata)) {
    message(file, 14, () => {
      text(1, key);
      text(2, value);
    });
  }
  return file.finish();
}
