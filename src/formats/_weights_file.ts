import type { TensorInfo } from "./_elements.ts";
import type { HostTensor } from "./_host_tensor.ts";

/** The formats of files with named tensors. */
export type WeightsFormat = "safetensors" | "npz" | "pytorch";

/** A file with named tensors that is open: they are read one by one. */
export interface WeightsFile extends Disposable {
  /** What the file's bytes are. */
  readonly format: WeightsFormat;
  /** What the file says of its tensors, by name and in its order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** What the file holds beside its tensors, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one tensor. F16 and BF16 become F32, exactly; all other types stay.
   *
   * @throws {RangeError} If there is none of that name.
   * @throws {FormatError} If its bytes are damaged.
   */
  read(name: string): Promise<HostTensor>;
}
