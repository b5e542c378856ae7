import type { PickleWriter } from "./_pickle_writer.ts";

/** A tensor of a storage. */
export interface PickledTensor {
  /** The storage's type: `FloatStorage`. */
  readonly storage: string;
  /** The storage's name in the archive. Default `0`. */
  readonly key?: string;
  /** Elements of the storage. */
  readonly count: number;
  /** Elements of the storage before the first one. Default 0. */
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Writes a call of `_rebuild_tensor_v2(storage, offset, shape, strides, …)`. */
export function pickleTensor(
  pickle: PickleWriter,
  { count, key = "0", offset = 0, shape, storage, strides }: PickledTensor,
): void {
  const sizes = (all: readonly number[]) =>
    pickle.tuple(() => all.forEach((size) => pickle.integer(size)));
  pickle.call("torch._utils", "_rebuild_tensor_v2", () => {
    pickle.persistent(() => {
      pickle.text("storage");
      pickle.global("torch", storage);
      pickle.text(key);
      pickle.text("cpu");
      pickle.integer(count);
    });
    pickle.integer(offset);
    sizes(shape);
    sizes(strides);
    pickle.false();
    pickle.call("collections", "OrderedDict", () => {});
  });
}
