import { choices } from "../base/choices.ts";
import { describe } from "../base/errors.ts";
import { checkIterable } from "./_check_tensors.ts";
import { withChecksum, withoutChecksum } from "./checksum.ts";
import { writeNpz } from "./npz.ts";
import { writePyTorch } from "./pytorch.ts";
import { type HostTensor, writeSafetensors } from "./safetensors.ts";
import { fitsComment } from "./_zip_metadata.ts";

/** Tensors by name, and text beside them. */
export interface WritableWeights {
  /** Names and tensors, in the order of the file. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /**
   * Text beside them. Default: none. `.npz` and `.pth` hold at most 64 KB of it,
   * as the comment of the archive, and otherwise none.
   */
  readonly metadata?: Readonly<Record<string, string>>;
}

type Writer = (path: string, weights: WritableWeights) => Promise<void>;

const writers: Readonly<Record<string, Writer>> = {
  ".safetensors": (path, { metadata, tensors }) =>
    writeChecked(path, tensors, metadata),
  ".npz": (path, { metadata, tensors }) =>
    writeNpz(path, tensors, metadata && withoutChecksum(metadata)),
  ".pth": writeStateDict,
  ".pt": writeStateDict,
};

/** The archive has checksums of its own. */
async function writeStateDict(
  path: string,
  { metadata, tensors }: WritableWeights,
): Promise<void> {
  await writePyTorch(path, tensors, metadata && withoutChecksum(metadata));
}

/** The endings of the files that {@linkcode writeWeights} writes. */
export const weightsEndings: readonly string[] = /* @__PURE__ */ Object.keys(
  writers,
);

/** Whether a file of weights of this name has room for metadata. */
export function holdsMetadata(
  path: string,
  metadata: Readonly<Record<string, string>>,
): boolean {
  return endingOf(path) === ".safetensors" || fitsComment(metadata);
}

/** Whether a file of weights may have this name. */
export function isWeightsPath(path: string): boolean {
  return Object.hasOwn(writers, endingOf(path));
}

/**
 * Writes weights in the format that the ending of the path names: safetensors,
 * NumPy's npz, PyTorch's pth. The file is whole under its name, or not there.
 * safetensors gets a checksum into its metadata, which {@linkcode readWeights}
 * compares.
 *
 * @throws {TypeError} If the ending is another, or there are no tensors.
 * @throws {DataError} If the file can't be written.
 *
 * @example
 * ```ts
 * import { readWeights } from "@x/mnist-cnn";
 * import { writeWeights } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".pth" });
 * const data = new Float32Array(10);
 * const tensors = new Map([["fc.bias", { dtype: "F32", shape: [10], data }]] as const);
 * await writeWeights(path, { tensors });
 * assertEquals((await readWeights(path)).format, "pytorch");
 * await Deno.remove(path);
 * ```
 */
export async function writeWeights(
  path: string,
  weights: WritableWeights,
): Promise<void> {
  if (!isWeightsPath(path)) {
    throw new TypeError(describe({
      what: "file of weights",
      expected: `a name that ends in ${choices(weightsEndings)}`,
      got: path,
      help: "The ending decides the format: .safetensors, PyTorch's .pth or " +
        "NumPy's .npz.",
    }));
  }
  checkIterable("writeWeights", weights.tensors);
  await writers[endingOf(path)](path, weights);
}

/** Writes a safetensors file with a checksum, whatever its name. */
export async function writeChecked(
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeSafetensors(path, tensors, await withChecksum(tensors, metadata));
}

function endingOf(path: string): string {
  return /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? "";
}
