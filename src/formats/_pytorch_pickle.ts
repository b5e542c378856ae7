import { ELEMENT_BYTES, type FileDtype } from "./_elements.ts";
import { MOST_DIMENSIONS } from "./_limits.ts";
import {
  parsePickleAt,
  type PickleDict,
  PickleGlobal,
  PickleObject,
  PickleOpaque,
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

  /** The size of an element. */
  get elementBytes(): number {
    return ELEMENT_BYTES[this.dtype];
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

/**
 * Names a storage's element type; it is never called. Of a type that is not
 * read here, such as complex numbers, there is no `dtype`.
 */
class StorageType extends PickleGlobal {
  constructor(
    name: string,
    readonly dtype: FileDtype | null,
    readonly elementBytes: number,
  ) {
    super(name, () => undefined);
  }
}

/** A storage of elements that are not read here. */
export class UnreadStorage extends PickleObject {
  override readonly kind = "a storage";

  /** Keeps the arguments. */
  constructor(readonly key: string, readonly elementBytes: number) {
    super();
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

/** Storages that `torch.load` reads and that hold no weights, in bytes. */
const UNREAD_STORAGES: Record<string, number> = {
  "torch.ComplexDoubleStorage": 16,
  "torch.ComplexFloatStorage": 8,
  "torch.QInt32Storage": 4,
  "torch.QInt8Storage": 1,
  "torch.QUInt2x4Storage": 1,
  "torch.QUInt4x2Storage": 1,
  "torch.QUInt8Storage": 1,
  // Of float8 and other types without a storage of their own: counted in bytes.
  "torch.storage.UntypedStorage": 1,
};

/** Number types, kinds of quantization, and types of tensors. */
const NAME = new RegExp(
  [
    "^torch\\.(u?int\\d+|q?u?int\\d+(x\\d)?|b?float\\d+(_\\w+)?|complex\\d+|bool)$",
    "^torch\\.per_(tensor|channel)_(affine|symmetric|affine_float_qparams)$",
    "^torch\\.(cuda\\.)?(sparse\\.)?(Double|Float|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Tensor$",
  ].join("|"),
);

/** Functions and classes whose values are no weights. */
const OPAQUE: Readonly<Record<string, string>> = {
  "__builtin__.bytearray": "bytes",
  "__builtin__.complex": "a complex number",
  "__builtin__.set": "a set",
  "_codecs.encode": "bytes",
  "builtins.bytearray": "bytes",
  "builtins.complex": "a complex number",
  "builtins.set": "a set",
  "torch._utils._rebuild_device_tensor_from_cpu_tensor":
    "a tensor of another device",
  "torch._utils._rebuild_device_tensor_from_numpy":
    "a tensor of another device",
  "torch._utils._rebuild_meta_tensor_no_storage": "a tensor without values",
  "torch._utils._rebuild_qtensor": "a quantized tensor",
  "torch._utils._rebuild_sparse_csr_tensor": "a sparse tensor",
  "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
  "torch._utils._rebuild_tensor_v3": "a tensor of another type",
  "torch._utils._rebuild_wrapper_subclass": "a tensor of another class",
  "torch.device": "a device",
  "torch.serialization._get_layout": "a layout",
};

/** All that a state dictionary names, and what may stand beside it. */
const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    ...Object.entries(STORAGES).map(([name, dtype]) =>
      new StorageType(`torch.${name}`, dtype, ELEMENT_BYTES[dtype])
    ),
    ...Object.entries(UNREAD_STORAGES).map(([name, bytes]) =>
      new StorageType(name, null, bytes)
    ),
    ...Object.entries(OPAQUE).map(([name, kind]) =>
      new PickleGlobal(name, () => new PickleOpaque(kind))
    ),
    new PickleGlobal(
      "collections.Counter",
      ([items]) => items instanceof Map ? items : new Map(),
    ),
    new PickleGlobal("torch._tensor._rebuild_from_type_v2", rebuildFromType),
    new PickleGlobal("torch.Tensor", () => undefined),
    new PickleGlobal("torch.nn.parameter.Parameter", () => undefined),
    new PickleGlobal("collections.OrderedDict", orderedDict),
    new PickleGlobal("torch._utils._rebuild_tensor", rebuildTensor),
    new PickleGlobal("torch._utils._rebuild_tensor_v2", rebuildTensor),
    new PickleGlobal("torch._utils._rebuild_parameter", rebuildParameter),
    new PickleGlobal(
      "torch._utils._rebuild_parameter_with_state",
      rebuildParameter,
    ),
    new PickleGlobal(
      "torch.Size",
      ([sizes]) => isSizes(sizes) ? sizes : undefined,
    ),
  ].map((global) => [global.name, global]),
);

/** The names that a pickle of `torch.save` may use. */
const globals: Pick<ReadonlyMap<string, PickleValue>, "get"> = {
  get: (name) =>
    GLOBALS.get(name) ??
      (NAME.test(name) ? new PickleOpaque(name) : undefined),
};

/** A pickle of `torch.save`. */
export interface TorchPickle {
  /** Its value. */
  readonly value: PickleValue;
  /** The storages that it names, by their keys. */
  readonly storages: ReadonlyMap<string, TorchStorage | UnreadStorage>;
  /** The first byte after it. */
  readonly end: number;
}

/**
 * Reads the pickle of a file that `torch.save` wrote.
 *
 * @param where The name of the pickle in errors.
 * @param start Its first byte.
 * @throws {FormatError} If it names more than `torch.load` takes with
 * `weights_only=True`.
 */
export function parseTorchPickle(
  bytes: Uint8Array,
  where: string,
  start = 0,
): TorchPickle {
  const storages = new Map<string, TorchStorage | UnreadStorage>();
  const { end, value } = parsePickleAt(bytes, start, {
    where,
    globals,
    persistent(id) {
      const found = storage(id);
      if (found === undefined) return undefined;
      const known = storages.get(found.key) ?? found;
      storages.set(found.key, known);
      // PyTorch never writes one storage under two types.
      return isSame(known, found) ? known : undefined;
    },
    help: "Nothing was executed. In Python, save the weights alone: " +
      "torch.save(model.state_dict(), path).",
  });
  return { value, storages, end };
}

function isSame(
  one: TorchStorage | UnreadStorage,
  other: TorchStorage | UnreadStorage,
): boolean {
  if (one instanceof TorchStorage && other instanceof TorchStorage) {
    return one.dtype === other.dtype && one.length === other.length;
  }
  return one instanceof UnreadStorage && other instanceof UnreadStorage &&
    one.elementBytes === other.elementBytes;
}

/**
 * `("storage", type, key, location, elements)`; before 1.6 with a view of
 * another storage behind it, which later versions never wrote.
 */
function storage(id: PickleValue): TorchStorage | UnreadStorage | undefined {
  if (!Array.isArray(id)) return undefined;
  const [tag, type, key, _location, length, view = null] = id;
  const isStorage = tag === "storage" && type instanceof StorageType &&
    typeof key === "string" && isSize(length) && view === null;
  if (!isStorage) return undefined;
  return type.dtype === null
    ? new UnreadStorage(key, type.elementBytes)
    : new TorchStorage(key, type.dtype, length);
}

/**
 * `(storage, offset, shape, strides, …)`; what follows says nothing of the
 * values but for the last, which may ask to negate or conjugate them.
 */
function rebuildTensor(args: PickleValue[]): PickleObject | undefined {
  const [storage, offset, shape, strides, _grad, _hooks, metadata] = args;
  if (storage instanceof UnreadStorage) {
    return new PickleOpaque("a tensor of another type");
  }
  const isTensor = storage instanceof TorchStorage && isSize(offset) &&
    isSizes(shape) && isSizes(strides) && shape.length === strides.length &&
    shape.length <= MOST_DIMENSIONS &&
    (metadata === undefined || isEmpty(metadata));
  if (!isTensor) return undefined;
  return new TorchTensor(storage, { offset, shape, strides });
}

/** `(tensor, requires_grad, hooks)`, and the state of its attributes. */
function rebuildParameter([tensor]: PickleValue[]): TorchTensor | undefined {
  return tensor instanceof TorchTensor ? tensor : undefined;
}

/** `(function, type, arguments, state)`: a tensor with attributes. */
function rebuildFromType(
  [rebuild, _type, args]: PickleValue[],
): PickleValue | undefined {
  return rebuild instanceof PickleGlobal && Array.isArray(args)
    ? rebuild.call(args)
    : undefined;
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
