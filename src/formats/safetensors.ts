/**
 * Safetensors: named tensors in one file, as they travel between libraries.
 *
 * The format: https://github.com/huggingface/safetensors#format
 *
 * @module
 */

import { verifyChecksum } from "./checksum.ts";
import { readFile, writeFileAtomic } from "./files.ts";
import type { HostTensor } from "./_host_tensor.ts";
import {
  decodeSafetensors,
  type SafetensorsContents,
} from "./_safetensors_decode.ts";
import { encodeSafetensors } from "./_safetensors_encode.ts";
import { readHeader, type SafetensorsHeader } from "./_safetensors_header.ts";
import { fileSource } from "./_source.ts";

export type { HostArrays, HostDtype, HostTensor } from "./_host_tensor.ts";
export type { FileDtype, TensorInfo } from "./_elements.ts";
export type {
  SafetensorsHeader,
  SafetensorsTensorInfo,
} from "./_safetensors_header.ts";
export { decodeSafetensors, encodeSafetensors, type SafetensorsContents };

/**
 * Reads a safetensors file. Where its metadata have a checksum, as in files that a
 * training writes, the content is compared with it.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@x/mnist-cnn";
 * import { readSafetensors } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const step = new BigInt64Array([600n]);
 * await writeSafetensors(path, [["step", { dtype: "I64", shape: [], data: step }]]);
 *
 * const { tensors } = await readSafetensors(path);
 * assertEquals(tensors.get("step"), { dtype: "I64", shape: [], data: step });
 * await Deno.remove(path);
 * ```
 *
 * @throws {DataError} If the file can't be read.
 * @throws {FormatError} As {@linkcode decodeSafetensors}, or if the content is not
 * that of the checksum.
 */
export async function readSafetensors(
  path: string,
): Promise<SafetensorsContents> {
  const contents = decodeSafetensors(await readFile(path), path);
  await verifyChecksum(path, contents);
  return contents;
}

/**
 * Reads what a safetensors file says of its tensors, but not the tensors.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@x/mnist-cnn";
 * import { readSafetensorsHeader } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const data = new Float32Array(6);
 * await writeSafetensors(path, [["weight", { dtype: "F32", shape: [2, 3], data }]]);
 *
 * const { tensors } = await readSafetensorsHeader(path);
 * assertEquals(tensors.get("weight")?.shape, [2, 3]);
 * await Deno.remove(path);
 * ```
 *
 * @throws {DataError} If the file can't be read.
 * @throws {FormatError} As {@linkcode decodeSafetensors}.
 */
export async function readSafetensorsHeader(
  path: string,
): Promise<SafetensorsHeader> {
  using source = await fileSource(path);
  return await readHeader(source);
}

/**
 * Writes a safetensors file: whole under its name, or not at all.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@x/mnist-cnn";
 *
 * const path = await Deno.makeTempFile();
 * const data = new Float32Array(10);
 * await writeSafetensors(path, [["fc.bias", { dtype: "F32", shape: [10], data }]]);
 * await Deno.remove(path);
 * ```
 *
 * @throws {TypeError | ShapeError | RangeError} As
 * {@linkcode encodeSafetensors}.
 * @throws {DataError} If the file can't be written.
 *
 * @category Files
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}
