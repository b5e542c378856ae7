/**
 * Files with named tensors, whatever their format: safetensors, NumPy's npz, what
 * PyTorch's `torch.save` writes of a state dictionary, and ONNX.
 *
 * @module
 */

import type { HostTensor } from "./_host_tensor.ts";
import { verifyChecksum } from "./checksum.ts";
import { malformed } from "./_malformed.ts";
import { noTensor } from "./_no_tensor.ts";
import { openPyTorch, torchPickleName } from "./_pytorch.ts";
import {
  isLegacyTorch,
  LEGACY_START,
  openLegacyTorch,
} from "./_pytorch_legacy.ts";
import { isNpz, openNpz } from "./npz.ts";
import { isOnnx, openOnnx } from "./onnx.ts";
import { hostTensor } from "./_elements.ts";
import { readHeader } from "./_safetensors_header.ts";
import { bytesSource, fileSource, type Source } from "./_source.ts";
import type { WeightsFile, WeightsFormat } from "./_weights_file.ts";
import { isZip, openZip } from "./_zip.ts";
import { metadataIn } from "./_zip_metadata.ts";

export type { WeightsFile, WeightsFormat };

/**
 * All that a file of weights holds.
 *
 * @category Files
 */
export interface Weights {
  /** The format of the file. */
  readonly format: WeightsFormat;
  /** The tensors, by name and in the order of the file. */
  readonly tensors: Map<string, HostTensor>;
  /** The file's text beside its tensors. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a file of weights: reads the list of its tensors, but no tensor yet. Its
 * bytes decide what it is, not its name.
 *
 * - safetensors.
 * - npz, as `numpy.savez` and `numpy.savez_compressed` write it. Arrays of text
 *   or of Python objects beside those of numbers become metadata by name.
 * - PyTorch's `.pth`, as `torch.save` writes a state dictionary or a checkpoint:
 *   the archives of 1.6 and later, and the files from before. Nothing in it is
 *   executed: a class that `torch.load(path, weights_only=True)` would not load
 *   is refused by name. Dictionaries within each other become one,
 *   `{"model": {"fc.bias": …}}` has the name `model.fc.bias`, and other values
 *   become metadata.
 * - ONNX: the weights of a network of the operations that `writeOnnx` writes,
 *   under the names that they have in a state dictionary.
 *
 * @throws {DataError} If the file can't be read.
 * @throws {LibraryError} If the library for zip archives or for ONNX can't be
 * loaded.
 * Its tensors may take 64 MB and four times the length of the file, together.
 *
 * @throws {FormatError} If it is none of these, damaged, or takes more.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@x/mnist-cnn";
 * import { openWeights } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const data = new Float32Array([1, 2]);
 * await writeSafetensors(path, [["bias", { dtype: "F32", shape: [2], data }]]);
 *
 * using weights = await openWeights(path);
 * assertEquals(weights.tensors.get("bias")?.shape, [2]);
 * assertEquals((await weights.read("bias")).data, data);
 * ```
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  return await openSource(await fileSource(path));
}

/**
 * Reads a file of weights whole, for `model.loadStateDict`: any that
 * {@linkcode openWeights} opens. Where it has a checksum, as what a training
 * writes, the content is compared with it.
 *
 * @throws {DataError} If the file can't be read.
 * @throws {FormatError} If it is of no known format, or damaged.
 *
 * @example
 * ```ts ignore
 * const { tensors } = await readWeights("MNIST_CNN_torch.pth");
 * console.log(model.loadStateDict(tensors)); // <All keys matched successfully>
 * ```
 *
 * @category Files
 */
export async function readWeights(path: string): Promise<Weights> {
  using file = await openWeights(path);
  return await readAll(file, path);
}

/**
 * Decodes the bytes of a file of weights: any that {@linkcode openWeights}
 * opens.
 *
 * @param bytes The whole file.
 * @param name What to call the file in an error.
 * @throws {FormatError} If it is of no known format, or damaged.
 *
 * @example
 * ```ts
 * import { decodeWeights, encodeSafetensors } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const { format } = await decodeWeights(encodeSafetensors([]));
 * assertEquals(format, "safetensors");
 * ```
 */
export async function decodeWeights(
  bytes: Uint8Array,
  name = "weights",
): Promise<Weights> {
  using file = await openSource(bytesSource(bytes, name));
  return await readAll(file, name);
}

async function readAll(file: WeightsFile, path: string): Promise<Weights> {
  const tensors = new Map<string, HostTensor>();
  for (const name of file.tensors.keys()) {
    tensors.set(name, await file.read(name));
  }
  const { format, metadata } = file;
  if (format === "safetensors") {
    await verifyChecksum(path, { metadata, tensors });
  }
  return { format, tensors, metadata };
}

async function openSource(source: Source): Promise<WeightsFile> {
  try {
    const start = await source.read(0, LEGACY_START);
    if (isZip(start)) return await openArchive(source);
    if (isLegacyTorch(start)) return await openLegacyTorch(source);
    if (isSomethingElse(start)) {
      if (isOnnx(start)) return await openOnnx(source);
      throw unknown(source);
    }
    return await openSafetensors(source);
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** Where the JSON of a safetensors file begins. */
const HEADER_AT = 8;

/** Whether there can be no header of a safetensors file, whole or damaged. */
function isSomethingElse(start: Uint8Array): boolean {
  return start.length === 0 ||
    (start.length > HEADER_AT && start[HEADER_AT] !== "{".charCodeAt(0));
}

function unknown({ name, size }: Source): Error {
  const got = size === 0 ? "an empty file" : "something else";
  return malformed(
    name,
    "weights: .safetensors, .npz, .pth, .pt or .onnx",
    got,
    {
      help: "Give the file that train, torch.save or numpy.savez wrote.",
    },
  );
}

async function openArchive(source: Source): Promise<WeightsFile> {
  const { comment, members } = await openZip(source);
  const pickle = torchPickleName(members);
  const file = pickle !== null
    ? await openPyTorch(source, members, pickle)
    : isNpz(members)
    ? await openNpz(source, members)
    : null;
  if (file !== null) {
    return { ...file, metadata: { ...file.metadata, ...metadataIn(comment) } };
  }
  throw malformed(source.name, "an archive of torch.save or NumPy", "another", {
    help: "Give a file of weights: .safetensors, .npz, .pth, .pt or .onnx.",
  });
}

async function openSafetensors(source: Source): Promise<WeightsFile> {
  const { dataStart, metadata, tensors } = await readHeader(source);
  return {
    format: "safetensors",
    tensors,
    metadata,
    async read(name) {
      const info = tensors.get(name);
      if (info === undefined) throw noTensor(source.name, name);
      const [begin, end] = info.dataOffsets;
      const bytes = await source.read(dataStart + begin, end - begin);
      return hostTensor(bytes, info.dtype, info.shape);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}
