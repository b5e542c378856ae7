/**
 * The messages of an ONNX file, as far as its weights need them:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 *
 * @module
 */

import { ELEMENT_BYTES, type FileDtype } from "./_elements.ts";
import { malformed, show } from "./_malformed.ts";
import type { Protobuf, ProtobufReader } from "./protobuf.ts";

/** A constant of a network. */
export interface OnnxTensor {
  /** The element type. */
  readonly dtype: FileDtype;
  /** The size of every dimension. */
  readonly shape: readonly number[];
  /** Its elements, little-endian: a view of the file. */
  readonly bytes: Uint8Array;
}

/** An operation of a network. */
export interface OnnxNode {
  /** Its kind: `Gemm`. */
  readonly operation: string;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** Names of its outputs. */
  readonly outputs: readonly string[];
  /** Its attributes that are whole numbers. */
  readonly integers: ReadonlyMap<string, number>;
}

/** What is read of a file. */
export interface OnnxContent {
  /** The constants, by name. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** The operations. */
  readonly nodes: readonly OnnxNode[];
  /** Text beside the network. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A field of a message: a whole number, or bytes. */
type Field = readonly [number: number, value: number | Uint8Array];

/** A file that is being read. */
interface Reading {
  readonly Reader: Protobuf["Reader"];
  /** Its name, for errors. */
  readonly where: string;
}

/** Constants, operations and lines of text that a file may have at most. */
const most = 2 ** 16;

/** Dimensions that a tensor may have at most. */
const mostDimensions = 16;

/** Element types by their numbers: `TensorProto.DataType`. */
const dtypes: Readonly<Record<number, FileDtype>> = {
  1: "F32",
  2: "U8",
  3: "I8",
  5: "I16",
  6: "I32",
  7: "I64",
  9: "BOOL",
  10: "F16",
  11: "F64",
  12: "U32",
  13: "U64",
  16: "BF16",
};

/**
 * Reads the messages of a file.
 *
 * @param where The file, for errors.
 * @throws {FormatError} If the file is damaged, or has more than a network has.
 */
export function parseOnnx(
  { Reader }: Protobuf,
  file: Uint8Array,
  where: string,
): OnnxContent {
  const reading = { Reader, where };
  const metadata: [string, string][] = [];
  const graphs: Uint8Array[] = [];
  for (const [field, value] of fields(file, reading)) {
    if (typeof value === "number") continue;
    if (field === 7) graphs.push(value);
    if (field === 14) metadata.push(entryOf(value, reading));
    checkCount(metadata.length, where);
  }
  if (graphs.length !== 1) {
    throw malformed(where, "one network", `${graphs.length}`, {
      help: RECOVER,
    });
  }
  const content = graphOf(graphs[0], reading);
  return { ...content, metadata: Object.fromEntries(metadata) };
}

const RECOVER = "The file is damaged or no ONNX file: export it again.";

function graphOf(
  bytes: Uint8Array,
  reading: Reading,
): Omit<OnnxContent, "metadata"> {
  const { where } = reading;
  const tensors = new Map<string, OnnxTensor>();
  const nodes: OnnxNode[] = [];
  for (const [field, value] of fields(bytes, reading)) {
    if (typeof value === "number") continue;
    if (field === 1) nodes.push(nodeOf(value, reading));
    if (field === 5) {
      const [name, tensor] = tensorOf(value, reading);
      if (tensors.has(name)) {
        throw malformed(
          where,
          "a name for each tensor",
          `${show(name)} twice`,
          {
            help: RECOVER,
          },
        );
      }
      tensors.set(name, tensor);
    }
    checkCount(Math.max(nodes.length, tensors.size), where);
  }
  return { tensors, nodes };
}

function tensorOf(
  message: Uint8Array,
  reading: Reading,
): [name: string, tensor: OnnxTensor] {
  const shape: number[] = [];
  let [name, type, isElsewhere] = ["", 0, false];
  let bytes: Uint8Array = new Uint8Array();
  for (const [field, value] of fields(message, reading)) {
    if (typeof value === "number") {
      if (field === 1) shape.push(value);
      if (field === 2) type = value;
      if (field === 14) isElsewhere = value === 1;
      continue;
    }
    if (field === 1) shape.push(...integers(value, reading));
    if (field === 8) name = text(value);
    // Packed floats and doubles are the bytes that raw ones are.
    if (field === 9 || field === 4 || field === 10) bytes = value;
  }
  const where = `${reading.where}: ${show(name)}`;
  if (isElsewhere) {
    throw malformed(where, "elements in this file", "a file beside it", {
      help:
        "In Python, write it in one piece: onnx.save_model(onnx.load(…), …).",
    });
  }
  const dtype = dtypes[type];
  if (dtype === undefined) {
    throw malformed(where, "numbers", `element type ${type}`, {
      help: RECOVER,
    });
  }
  checkShape(where, shape, bytes.length / ELEMENT_BYTES[dtype]);
  return [name, { dtype, shape, bytes }];
}

function checkShape(
  where: string,
  shape: readonly number[],
  elements: number,
): void {
  const isShape = shape.length <= mostDimensions &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const product = shape.reduce((product, size) => product * size, 1);
  if (isShape && product === elements) return;
  const expected = `as many elements as ${show([...shape])} has`;
  throw malformed(where, expected, String(elements), { help: RECOVER });
}

function nodeOf(message: Uint8Array, reading: Reading): OnnxNode {
  let operation = "";
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const integers = new Map<string, number>();
  for (const [field, value] of fields(message, reading)) {
    if (typeof value === "number") continue;
    if (field === 1) inputs.push(text(value));
    if (field === 2) outputs.push(text(value));
    if (field === 4) operation = text(value);
    if (field !== 5) continue;
    let [name, integer] = ["", NaN];
    for (const [field, part] of fields(value, reading)) {
      if (field === 1 && typeof part !== "number") name = text(part);
      if (field === 3 && typeof part === "number") integer = part;
    }
    if (!Number.isNaN(integer)) integers.set(name, integer);
  }
  return { operation, inputs, outputs, integers };
}

function entryOf(message: Uint8Array, reading: Reading): [string, string] {
  let [key, entry] = ["", ""];
  for (const [field, value] of fields(message, reading)) {
    if (typeof value === "number") continue;
    if (field === 1) key = text(value);
    if (field === 2) entry = text(value);
  }
  return [key, entry];
}

/** The fields of a message; numbers of fixed length are passed over. */
function* fields(
  message: Uint8Array,
  { Reader, where }: Reading,
): Iterable<Field> {
  const reader = Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, type] = [tag >>> 3, tag & 7];
    if (type === 0) yield [field, integer(reader)];
    else if (type === 2) yield [field, reader.bytes()];
    else if (type === 1 || type === 5) reader.skipType(type);
    else {
      const got = `a field of type ${type}`;
      throw malformed(where, "fields of ONNX", got, { help: RECOVER });
    }
  }
}

function* integers(
  packed: Uint8Array,
  { Reader }: Reading,
): Iterable<number> {
  const reader = Reader.create(packed);
  while (reader.pos < reader.len) yield integer(reader);
}

function integer(reader: ProtobufReader): number {
  const value = reader.int64();
  return typeof value === "number" ? value : value.toNumber();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function checkCount(count: number, where: string): void {
  if (count <= most) return;
  const got = `${count} or more`;
  throw malformed(where, `at most ${most} parts of a kind`, got, {
    help: RECOVER,
  });
}
