/**
 * PyTorch's `.pth`: state dictionaries as `torch.save` writes them.
 *
 * The format: `_save` in
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 *
 * @module
 */

import { describe } from "../base/errors.ts";
import { checkIterable } from "./_check_tensors.ts";
import { ELEMENT_BYTES } from "./_elements.ts";
import { writeFileAtomic } from "./files.ts";
import type { HostDtype, HostTensor } from "./_host_tensor.ts";
import { pickleTensor } from "./_pickle_tensor.ts";
import { PickleWriter } from "./_pickle_writer.ts";
import { rowMajor } from "./_strided.ts";
import { writeZip } from "./_zip.ts";
import { commentOf } from "./_zip_metadata.ts";

/** The classes of storages, by the types of their elements. */
const STORAGES: Readonly<Record<HostDtype, string | null>> = {
  F64: "DoubleStorage",
  F32: "FloatStorage",
  I64: "LongStorage",
  I32: "IntStorage",
  I16: "ShortStorage",
  I8: "CharStorage",
  U8: "ByteStorage",
  BOOL: "BoolStorage",
  // PyTorch has no tensors of these.
  U64: null,
  U32: null,
  U16: null,
};

/**
 * Encodes a state dictionary for `torch.load(path, weights_only=True)`. The same
 * tensors in the same order make the same bytes.
 *
 * @param tensors Names and tensors: a `Map` or any iterable of pairs.
 * @param metadata Text beside them, in the comment of the archive, which PyTorch
 * passes over. Default none; more than 64 KB is left out.
 * @throws {TypeError} If a name repeats, or PyTorch has no such elements: U16,
 * U32, U64.
 *
 * @example
 * ```ts
 * import { decodeWeights, encodePyTorch } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Float32Array([1, 2]);
 * const bytes = await encodePyTorch([["bias", { dtype: "F32", shape: [2], data }]]);
 * const { format, tensors } = await decodeWeights(bytes);
 * assertEquals(format, "pytorch");
 * assertEquals(tensors.get("bias")?.data, data);
 * ```
 */
export async function encodePyTorch(
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  checkIterable("pth", tensors);
  const pickle = new PickleWriter();
  const storages: [name: string, bytes: Uint8Array][] = [];
  const names = new Set<string>();
  pickle.call("collections", "OrderedDict", () => {});
  pickle.items(() => {
    for (const [name, tensor] of tensors) {
      if (names.has(name)) {
        throw invalid("name of a tensor", "one not used before", name);
      }
      names.add(name);
      pickle.text(name);
      const key = String(storages.length);
      writeTensor(pickle, tensor, key, name);
      const { buffer, byteLength, byteOffset } = tensor.data;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      storages.push([`archive/data/${key}`, bytes]);
    }
  });
  const version = new TextEncoder().encode("3\n");
  return await writeZip([
    ["archive/data.pkl", pickle.end()],
    ...storages,
    ["archive/version", version],
  ], commentOf(metadata));
}

/** Writes a tensor of a state dictionary. */
function writeTensor(
  pickle: PickleWriter,
  { data, dtype, shape }: HostTensor,
  key: string,
  name: string,
): void {
  const storage = STORAGES[dtype];
  if (storage === null) {
    const known = Object.keys(ELEMENT_BYTES)
      .filter((one) => STORAGES[one as HostDtype]);
    throw invalid(`elements of ${name}`, known.join(", "), dtype);
  }
  const strides = rowMajor(shape);
  pickleTensor(pickle, { storage, key, count: data.length, shape, strides });
}

/**
 * Writes a state dictionary for `torch.load(path, weights_only=True)`: whole
 * under its name, or not at all.
 *
 * @throws {TypeError} As {@linkcode encodePyTorch}.
 * @throws {DataError} If the file can't be written.
 *
 * @example
 * ```ts
 * import { readWeights } from "@x/mnist-cnn";
 * import { writePyTorch } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const data = new Float32Array(10);
 * await writePyTorch(path, [["fc.bias", { dtype: "F32", shape: [10], data }]]);
 * assertEquals((await readWeights(path)).tensors.get("fc.bias")?.data, data);
 * await Deno.remove(path);
 * ```
 */
export async function writePyTorch(
  path: string,
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, await encodePyTorch(tensors, metadata));
}

function invalid(what: string, expected: string, got: string): TypeError {
  return new TypeError(describe({
    what: `pth: ${what}`,
    expected,
    got: JSON.stringify(got),
    help: "Rename or convert the tensor, or write .safetensors.",
  }));
}
