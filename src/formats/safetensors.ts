/**
 * Safetensors: named tensors in one file, as they travel between libraries.
 *
 * The format: https://github.com/huggingface/safetensors#format
 *
 * @module
 */

import { DataError, describe } from "../errors.ts";
import { readFile, writeFileAtomic } from "../files.ts";
import type { HostTensor } from "./_host_tensor.ts";
import {
  decodeSafetensors,
  type SafetensorsContents,
} from "./_safetensors_decode.ts";
import { encodeSafetensors } from "./_safetensors_encode.ts";
import {
  headerLength,
  parseHeader,
  PREFIX_BYTES,
  type SafetensorsHeader,
} from "./_safetensors_header.ts";

export type { HostArrays, HostDtype, HostTensor } from "./_host_tensor.ts";
export type {
  SafetensorsDtype,
  SafetensorsHeader,
  SafetensorsTensorInfo,
} from "./_safetensors_header.ts";
export { decodeSafetensors, encodeSafetensors, type SafetensorsContents };

/**
 * Reads a safetensors file.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "@x/mnist-cnn";
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
 * @throws {FormatError} As {@linkcode decodeSafetensors}.
 */
export async function readSafetensors(
  path: string,
): Promise<SafetensorsContents> {
  return decodeSafetensors(await readFile(path), path);
}

/**
 * Reads what a safetensors file says of its tensors, but not the tensors.
 *
 * @example
 * ```ts
 * import { readSafetensorsHeader, writeSafetensors } from "@x/mnist-cnn";
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
  using file = await reading(path, () => Deno.open(path));
  const { size } = await reading(path, () => file.stat());
  const prefix = await reading(path, () => readUpTo(file, PREFIX_BYTES));
  const length = headerLength(prefix, size, path);
  const header = await reading(path, () => readUpTo(file, length));
  return parseHeader(header, size, path);
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
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}

async function readUpTo(
  file: Deno.FsFile,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

async function reading<Result>(
  path: string,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const missing = cause instanceof Deno.errors.NotFound;
    const line = describe({
      what: `cannot read ${path}`,
      got: missing ? "no such file" : reason,
      help: "Give a file that is there and that you may read.",
    });
    throw new DataError(line, { cause });
  }
}
