import { describe, ShapeError } from "../base/errors.ts";
import { checkIterable } from "./_check_tensors.ts";
import { HOST_ARRAYS, type HostTensor } from "./_host_tensor.ts";
import { show } from "./_malformed.ts";
import { ELEMENT_BYTES } from "./_elements.ts";
import {
  LONGEST_HEADER,
  METADATA_KEY,
  PREFIX_BYTES,
} from "./_safetensors_header.ts";

/** The data starts at a multiple of the largest element size. */
const ALIGNMENT = 8;

const SPACE = 0x20;

type Entry = readonly [name: string, tensor: HostTensor];

/**
 * Encodes tensors as a safetensors file.
 *
 * The same tensors in the same order make the same bytes. The header names
 * them in the given order; the data is laid out by falling element size, so
 * that each tensor starts at a multiple of its own.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors(
 *   [["fc.bias", { dtype: "F32", shape: [2], data: new Float32Array([1, 2]) }]],
 *   { epoch: "3" },
 * );
 *
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * assertEquals(tensors.get("fc.bias")?.data, new Float32Array([1, 2]));
 * assertEquals(metadata, { epoch: "3" });
 * ```
 *
 * @param tensors Names and tensors: a `Map` or any iterable of pairs.
 * @param metadata Text to store beside the tensors.
 * @throws {TypeError} If a name repeats or is `__metadata__`, a name or the
 * metadata is not text of whole characters, or `data` is not what `dtype` says.
 * @throws {ShapeError} If a shape does not fit its data.
 * @throws {RangeError} If the header exceeds the format's 100 MB.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  checkIterable("safetensors", tensors);
  const entries: Entry[] = [...tensors];
  checkTensors(entries);
  checkMetadata(metadata);

  const begins = new Map<string, number>();
  let dataBytes = 0;
  for (const [name, { data }] of byFallingElementSize(entries)) {
    begins.set(name, dataBytes);
    dataBytes += data.byteLength;
  }

  const header = encodeHeader(entries, begins, metadata);
  const dataStart = PREFIX_BYTES + header.length;
  const bytes = new Uint8Array(dataStart + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, PREFIX_BYTES);
  for (const [name, { data }] of entries) {
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      dataStart + begins.get(name)!,
    );
  }
  return bytes;
}

function checkTensors(entries: readonly Entry[]): void {
  const names = new Set<string>();
  for (const [name, tensor] of entries) {
    if (name === METADATA_KEY || names.has(name)) {
      throw new TypeError(describe({
        what: "safetensors: name of a tensor",
        expected: `one not used before and not ${METADATA_KEY}`,
        got: show(name),
        help: "Give every tensor a name of its own.",
      }));
    }
    checkText(name, "name of a tensor");
    checkTensor(tensor, show(name));
    names.add(name);
  }
}

function checkTensor({ dtype, shape, data }: HostTensor, name: string): void {
  if (!Object.hasOwn(HOST_ARRAYS, dtype)) {
    throw new TypeError(describe({
      what: `safetensors: dtype of tensor ${name}`,
      expected: `one of ${Object.keys(HOST_ARRAYS).join(", ")}`,
      got: show(dtype),
      help:
        "Convert the tensor to one of these; F16 and BF16 can't be written.",
    }));
  }
  if (!(data instanceof HOST_ARRAYS[dtype])) {
    throw new TypeError(describe({
      what: `safetensors: data of tensor ${name}`,
      expected: `a ${HOST_ARRAYS[dtype].name} for ${dtype}`,
      got: Object.prototype.toString.call(data).slice("[object ".length, -1),
      help: "Make dtype and data agree.",
    }));
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || count !== data.length) {
    throw new ShapeError(describe({
      what: `safetensors: shape of tensor ${name}`,
      expected: `sizes whose product is ${data.length}, as data.length is`,
      got: `[${shape.join(", ")}]`,
      help: "Give the shape that belongs to the data.",
    }));
  }
}

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    checkText(key, "key of the metadata");
    checkText(value, `metadata ${show(key)}`);
  }
}

/** UTF-8 has no form for half of a surrogate pair. */
function checkText(text: string, what: string): void {
  if (typeof text === "string" && text.isWellFormed()) return;
  throw new TypeError(describe({
    what: `safetensors: ${what}`,
    expected: "a string of whole characters",
    got: show(text),
    help: "Use String(value), and toWellFormed() where a pair is split.",
  }));
}

function byFallingElementSize(entries: readonly Entry[]): Entry[] {
  return entries.toSorted(([, a], [, b]) =>
    ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]
  );
}

function encodeHeader(
  entries: readonly Entry[],
  begins: ReadonlyMap<string, number>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  // Joined by hand: an object would move names such as "0" to its front.
  const fields = entries.map(([name, { dtype, shape, data }]) => {
    const begin = begins.get(name)!;
    const dataOffsets = [begin, begin + data.byteLength];
    const info = { dtype, shape, data_offsets: dataOffsets };
    return `${JSON.stringify(name)}:${JSON.stringify(info)}`;
  });
  if (Object.keys(metadata).length > 0) {
    fields.unshift(`"${METADATA_KEY}":${JSON.stringify(metadata)}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (length > LONGEST_HEADER) {
    throw new RangeError(describe({
      what: "safetensors: header",
      expected: `at most ${LONGEST_HEADER} bytes`,
      got: `${length}`,
      help: "Store less metadata or fewer tensors in one file.",
    }));
  }
  const header = new Uint8Array(length).fill(SPACE);
  header.set(json);
  return header;
}
