import type { FileDtype } from "./_elements.ts";
import {
  parsePickle,
  type PickleDict,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from "./_pickle.ts";
import type { StridedView } from "./_strided.ts";

/** A storage: elements of one type under a key of the file. */
export class TorchStorage extends PickleObject {
  override readonly kind = "a storage";

  /** Keeps the arguments. */
  constructor(
    readonly key: string,
    readonly dtype: FileDtype,
    readonly length: number,
  ) {
    super();
  }
}

/** A tensor: a view of a storage. */
export class TorchTensor extends PickleObject {
  override readonly kind = "a tensor";

  /** Keeps the arguments. */
  constructor(readonly storage: TorchStorage, readonly view: StridedView) {
    super();
  }
}

/** Names a storage's element type; it is never called. */
class StorageType extends PickleGlobal {
  constructor(name: string, readonly dtype: FileDtype) {
    super(name, () => undefined);
  }
}

const STORAGES: Record<string, FileDtype> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** All that a state dictionary names. */
const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    ...Object.entries(STORAGES).map(([name, dtype]) =>
      new StorageType(`torch.${name}`, dtype)
    ),
    new PickleGlobal("collections.OrderedDict", orderedDict),
    new PickleGlobal("torch._utils._rebuild_tensor", rebuildTensor),
    new PickleGlobal("torch._utils._rebuild_tensor_v2", rebuildTensor),
    new PickleGlobal("torch._utils._rebuild_parameter", rebuildParameter),
    new PickleGlobal(
      "torch.Size",
      ([sizes]) => isSizes(sizes) ? sizes : undefined,
    ),
  ].map((global) => [global.name, global]),
);

/**
 * Reads the pickle of a file that `torch.save` wrote.
 *
 * @param where What the pickle is, for errors.
 * @throws {FormatError} If it holds more than tensors, `OrderedDict` and plain
 * values.
 */
export function parseTorchPickle(
  bytes: Uint8Array,
  where: string,
): PickleValue {
  return parsePickle(bytes, {
    where,
    globals: GLOBALS,
    persistent: storage,
    help: "Nothing was executed. In Python, save the weights alone: " +
      "torch.save(model.state_dict(), path).",
  });
}

/** `("storage", type, key, location, elements)`. */
function storage(id: PickleValue): TorchStorage | undefined {
  if (!Array.isArray(id)) return undefined;
  const [tag, type, key, _location, length] = id;
  const isStorage = tag === "storage" && type instanceof StorageType &&
    typeof key === "string" && isSize(length);
  return isStorage ? new TorchStorage(key, type.dtype, length) : undefined;
}

/**
 * `(storage, offset, shape, strides, …)`; what follows says nothing of the
 * values but for the last, which may ask to negate or conjugate them.
 */
function rebuildTensor(args: PickleValue[]): TorchTensor | undefined {
  const [storage, offset, shape, strides, _grad, _hooks, metadata] = args;
  const isTensor = storage instanceof TorchStorage && isSize(offset) &&
    isSizes(shape) && isSizes(strides) && shape.length === strides.length &&
    (metadata === undefined || isEmpty(metadata));
  if (!isTensor) return undefined;
  return new TorchTensor(storage, { offset, shape, strides });
}

/** `(tensor, requires_grad, hooks)`. */
function rebuildParameter([tensor]: PickleValue[]): TorchTensor | undefined {
  return tensor instanceof TorchTensor ? tensor : undefined;
}

/** Without arguments, or with a list of `[key, value]`. */
function orderedDict([items = []]: PickleValue[]): PickleDict | undefined {
  if (!Array.isArray(items)) return undefined;
  const dict: PickleDict = new Map();
  for (const item of items) {
    if (!Array.isArray(item) || item.length !== 2) return undefined;
    const [key, value] = item;
    if (typeof key !== "string" && typeof key !== "number") return undefined;
    dict.set(key, value);
  }
  return dict;
}

function isEmpty(value: PickleValue): boolean {
  return value === null || (value instanceof Map && value.size === 0);
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) &&
    value >= 0;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}
