import {
  decodeSafetensors,
  type HostTensor,
} from "../src/formats/safetensors.ts";
import { isPermitted } from "./permissions.ts";

/** A file of `tests/golden/`: numbers from PyTorch, by name. */
export class Golden {
  /** The tensors, by the names that `golden/README.md` lists. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Text beside the tensors: `operations` has each case's shape there. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #isAbsent: boolean;

  private constructor(
    tensors: ReadonlyMap<string, HostTensor> | null,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#isAbsent = tensors === null;
    this.tensors = tensors ?? new Map();
    this.metadata = metadata;
  }

  /**
   * Reads `tests/golden/{name}.safetensors`. Where files may not be read, all
   * tensors are empty, so that the file of tests loads; its tests are ignored.
   */
  static async read(name: string): Promise<Golden> {
    const url = new URL(`./golden/${name}.safetensors`, import.meta.url);
    if (!isPermitted("read")) return new Golden(null, {});
    return Golden.decode(await Deno.readFile(url), name);
  }

  /** The same of the file's content: a browser reads no files. */
  static decode(bytes: Uint8Array, name: string): Golden {
    const { tensors, metadata } = decodeSafetensors(bytes, name);
    return new Golden(tensors, metadata);
  }

  /** A tensor as it is stored; throws if the file has none of that name. */
  tensor(name: string): HostTensor {
    if (this.#isAbsent) {
      return { dtype: "F32", shape: [0], data: new Float32Array() };
    }
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`no golden tensor "${name}"`);
    return tensor;
  }

  /** A tensor's elements in f64, the type of the reference. */
  numbers(name: string): Float64Array {
    return Float64Array.from(this.tensor(name).data, Number);
  }

  /** A tensor's elements in i32, the type of labels and indices. */
  integers(name: string): Int32Array {
    return Int32Array.from(this.tensor(name).data, Number);
  }

  /** The tensors whose names begin with `prefix`, in f64, without it. */
  group(prefix: string): Record<string, Float64Array> {
    return Object.fromEntries(
      [...this.tensors.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), this.numbers(name)]),
    );
  }
}
