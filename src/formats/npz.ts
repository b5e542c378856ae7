/**
 * NPZ: the archives of arrays that NumPy reads and writes.
 *
 * The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */

import { describe } from "../base/errors.ts";
import { checkIterable } from "./_check_tensors.ts";
import { writeFileAtomic } from "./files.ts";
import { ELEMENT_BYTES, hostTensor, type TensorInfo } from "./_elements.ts";
import { checkContent } from "./_limits.ts";
import type { HostTensor } from "./_host_tensor.ts";
import { malformed } from "./_malformed.ts";
import { noTensor } from "./_no_tensor.ts";
import { encodeNpy, parseNpyHeader } from "./_npy.ts";
import type { Source } from "./_source.ts";
import { gather } from "./_strided.ts";
import type { WeightsFile } from "./_weights_file.ts";
import { writeZip, type ZipMember } from "./_zip.ts";
import { commentOf } from "./_zip_metadata.ts";

const SUFFIX = ".npy";

/** Whether an archive holds arrays of NumPy, or nothing. */
export function isNpz(members: ReadonlyMap<string, ZipMember>): boolean {
  return members.size === 0 ||
    [...members.keys()].some((name) => name.endsWith(SUFFIX));
}

/**
 * Opens an archive of arrays: reads their headers. Other members, and arrays of
 * text, dates or Python objects, are no tensors; the metadata names these. None
 * of them is executed.
 *
 * @throws {FormatError} If a header is damaged, or there are such arrays alone.
 */
export async function openNpz(
  source: Source,
  members: ReadonlyMap<string, ZipMember>,
): Promise<WeightsFile> {
  const tensors = new Map<string, TensorInfo>();
  const metadata: Record<string, string> = {};
  let total = 0;
  for (const [file, member] of members) {
    if (!file.endsWith(SUFFIX)) continue;
    const name = file.slice(0, -SUFFIX.length);
    const where = `${source.name}: ${file}`;
    checkContent(source.name, total += member.size, source.size);
    const start = await member.start(LONGEST_START);
    const header = parseNpyHeader(start, member.size, where);
    if (typeof header === "string") metadata[name] = `an array of ${header}`;
    else tensors.set(name, { dtype: header.dtype, shape: header.shape });
  }
  const [other] = Object.keys(metadata);
  if (tensors.size === 0 && other !== undefined) {
    const what = `${source.name}: ${other}${SUFFIX}`;
    throw malformed(what, "an array of numbers", metadata[other], {
      help: "Convert the array to numbers and write it again.",
    });
  }
  return {
    format: "npz",
    tensors,
    metadata,
    async read(name) {
      const member = members.get(name + SUFFIX);
      if (member === undefined) throw noTensor(source.name, name);
      const bytes = await member.read();
      const where = `${source.name}: ${name}${SUFFIX}`;
      const header = parseNpyHeader(bytes, bytes.length, where);
      if (typeof header === "string") throw noTensor(source.name, name);
      const { dataStart, dtype, isBigEndian, shape, strides } = header;
      const view = { offset: 0, shape, strides };
      const data = bytes.subarray(dataStart);
      const own = gather(data, view, ELEMENT_BYTES[dtype]);
      const elements = isBigEndian ? swapped(own, ELEMENT_BYTES[dtype]) : own;
      return hostTensor(elements, dtype, shape);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/** Each element with its bytes in the other order. */
function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const result = bytes.slice();
  for (let at = 0; at < result.length; at += elementBytes) {
    for (let byte = 0; byte < elementBytes; byte++) {
      result[at + byte] = bytes[at + elementBytes - 1 - byte];
    }
  }
  return result;
}

/** A header of version 1 ends within so many bytes. */
const LONGEST_START = 2 ** 16 + 10;

/**
 * Encodes tensors as an archive for `numpy.load`. The same tensors in the same
 * order make the same bytes.
 *
 * @param tensors Names and tensors: a `Map` or any iterable of pairs.
 * @param metadata Text beside them, in the comment of the archive, which NumPy
 * passes over. Default none; more than 64 KB is left out.
 * @throws {TypeError} If a name repeats.
 *
 * @example
 * ```ts
 * import { decodeWeights, encodeNpz } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array([1, 2]);
 * const bytes = await encodeNpz([["bias", { dtype: "F32", shape: [2], data }]]);
 * const { format, tensors } = await decodeWeights(bytes);
 * assertEquals(format, "npz");
 * assertEquals(tensors.get("bias")?.data, data);
 * ```
 */
export async function encodeNpz(
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  checkIterable("npz", tensors);
  const files = new Map<string, Uint8Array>();
  for (const [name, tensor] of tensors) {
    if (files.has(name + SUFFIX)) {
      throw new TypeError(describe({
        what: "npz: name of a tensor",
        expected: "one not used before",
        got: JSON.stringify(name),
        help: "Give every tensor a name of its own.",
      }));
    }
    files.set(name + SUFFIX, encodeNpy(tensor));
  }
  return await writeZip(files, commentOf(metadata));
}

/**
 * Writes an archive for `numpy.load`: whole under its name, or not at all.
 *
 * @throws {TypeError} As {@linkcode encodeNpz}.
 * @throws {DataError} If the file can't be written.
 *
 * @example
 * ```ts
 * import { readWeights } from "@x/mnist-cnn";
 * import { writeNpz } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const data = new Float32Array(10);
 * await writeNpz(path, [["fc.bias", { dtype: "F32", shape: [10], data }]]);
 * assertEquals((await readWeights(path)).tensors.get("fc.bias")?.data, data);
 * await Deno.remove(path);
 * ```
 */
export async function writeNpz(
  path: string,
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, await encodeNpz(tensors, metadata));
}
