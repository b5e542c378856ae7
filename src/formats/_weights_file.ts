import type { TensorInfo } from "./_elements.ts";
import type { HostTensor } from "./_host_tensor.ts";

/** The formats of files with named tensors. */
export type WeightsFormat = "safetensors" | "npz" | "pytorch" | "onnx";

/** A file with named tensors that is open: they are read one by one. */
export interface WeightsFile extends Disposable {
  /** The format of the file. */
  readonly format: WeightsFormat;
  /** The file's tensors, by name and in its order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The file's text beside its tensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one tensor. F16 and BF16 become F32, exactly; all other types stay.
   *
   * @throws {RangeError} If there is none of that name.
   * @throws {FormatError} If its bytes are damaged.
   */
  read(name: string): Promise<HostTensor>;
}
