import { ELEMENT_BYTES, hostTensor, type TensorInfo } from "./_elements.ts";
import { checkContent, MOST_TENSORS, MOST_VALUES } from "./_limits.ts";
import { malformed, show } from "./_malformed.ts";
import { noTensor } from "./_no_tensor.ts";
import { PickleObject, PickleOpaque, type PickleValue } from "./_pickle.ts";
import {
  parseTorchPickle,
  type TorchStorage,
  TorchTensor,
} from "./_pytorch_pickle.ts";
import type { Source } from "./_source.ts";
import { endOf, gather } from "./_strided.ts";
import type { WeightsFile } from "./_weights_file.ts";
import type { ZipMember } from "./_zip.ts";

/** Deeper than any checkpoint; a list that holds itself has no end. */
const DEEPEST = 32;

const RECOVER =
  "In Python, save the weights alone: torch.save(model.state_dict(), path).";

/** Longer than any name; one key stands before all that is below it. */
const LONGEST_NAME = 1000;

/** The content of a file, with its dictionaries and lists made one. */
interface Flattened {
  readonly tensors: Map<string, TorchTensor>;
  readonly metadata: Map<string, string>;
}

/** The name of the pickle in an archive that `torch.save` wrote, or null. */
export function torchPickleName(
  members: ReadonlyMap<string, ZipMember>,
): string | null {
  const names = [...members.keys()];
  return names.find((name) => /^[^/]+\/data\.pkl$/.test(name)) ?? null;
}

/**
 * Opens what `torch.save` wrote: reads and checks what it says of its tensors,
 * and none of their elements.
 */
export async function openPyTorch(
  source: Source,
  members: ReadonlyMap<string, ZipMember>,
  pickleName: string,
): Promise<WeightsFile> {
  const root = pickleName.slice(0, -"data.pkl".length);
  await checkByteOrder(source.name, members.get(`${root}byteorder`));
  await checkVersion(source.name, members.get(`${root}version`));
  const where = `${source.name}: data.pkl`;
  const pickle = members.get(pickleName)!;
  checkContent(where, pickle.size, source.size);
  const { value } = parseTorchPickle(await pickle.read(), where);
  return torchFile(source, {
    value,
    where,
    storageOf: ({ key }) => members.get(`${root}data/${key}`),
  });
}

/** The bytes of a storage. */
export interface StorageBytes {
  /** How many there are. */
  readonly size: number;
  /** Reads them. */
  read(): Promise<Uint8Array>;
}

/** The parts of a file that `torch.save` wrote. */
export interface TorchFile {
  /** The value of its pickle. */
  readonly value: PickleValue;
  /** The name of the pickle in errors. */
  readonly where: string;
  /** The bytes of a storage, if the file has them. */
  storageOf(storage: TorchStorage): StorageBytes | undefined;
}

/** A storage, and its bytes where several tensors view it. */
interface SharedStorage {
  users: number;
  bytes?: Promise<Uint8Array>;
}

/** The tensors of a pickle, checked against the storages that they view. */
export function torchFile(
  source: Source,
  { storageOf, value, where }: TorchFile,
): WeightsFile {
  const { metadata, tensors } = flatten(value, where);
  const infos = new Map<string, TensorInfo>();
  const shared = new Map<string, SharedStorage>();
  let [total, stored] = [0, 0];
  for (const [name, { storage, view }] of tensors) {
    const what = `${source.name}: tensor ${show(name)}`;
    const bytes = storageOf(storage);
    total += checkTensor(what, { storage, view }, bytes);
    infos.set(name, { dtype: storage.dtype, shape: view.shape });
    const known = shared.get(storage.key);
    if (known === undefined) {
      stored += bytes!.size;
      shared.set(storage.key, { users: 1 });
    } else known.users++;
  }
  // A small view may be all that is used of a large storage.
  checkContent(source.name, Math.max(total, stored), source.size);
  const read = (storage: TorchStorage) => {
    const entry = shared.get(storage.key)!;
    // Unpacked once, however many tensors view it.
    if (entry.users > 1) return entry.bytes ??= storageOf(storage)!.read();
    return storageOf(storage)!.read();
  };
  return {
    format: "pytorch",
    tensors: infos,
    metadata: Object.fromEntries(metadata),
    async read(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw noTensor(source.name, name);
      const { storage, view } = tensor;
      const data = await read(storage);
      const own = gather(data, view, ELEMENT_BYTES[storage.dtype]);
      return hostTensor(own, storage.dtype, view.shape);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

async function checkByteOrder(
  name: string,
  member: ZipMember | undefined,
): Promise<void> {
  if (member === undefined) return;
  const order = new TextDecoder().decode(await member.read());
  if (order === "little") return;
  throw malformed(`${name}: byteorder`, "little", show(order), {
    help: "Load and save it again with PyTorch on a little-endian machine.",
  });
}

/** Versions of the archive up to the one that PyTorch reads. */
const LAST_VERSION = 10;

async function checkVersion(
  name: string,
  member: ZipMember | undefined,
): Promise<void> {
  if (member === undefined) return;
  const version = new TextDecoder().decode(await member.start(20)).trim();
  if (/^\d{1,2}$/.test(version) && Number(version) <= LAST_VERSION) return;
  const expected = `a version up to ${LAST_VERSION}`;
  throw malformed(`${name}: version`, expected, show(version), {
    help: RECOVER,
  });
}

/** The bytes of a tensor, whose elements must all be in the file. */
function checkTensor(
  what: string,
  { storage, view }: { storage: TorchStorage; view: TorchTensor["view"] },
  member: StorageBytes | undefined,
): number {
  const bytes = storage.length * ELEMENT_BYTES[storage.dtype];
  if (member?.size !== bytes) {
    const got = member === undefined ? "none" : `${member.size} bytes`;
    throw malformed(what, `its storage, ${bytes} bytes`, got);
  }
  const end = endOf(view);
  if (!(end <= storage.length)) {
    throw malformed(what, `an end within ${storage.length}`, `${end}`);
  }
  const elements = view.shape.reduce((product, size) => product * size, 1);
  return elements * ELEMENT_BYTES[storage.dtype];
}

/**
 * One map of tensors and one of plain values: `{"model": {"fc": {"bias": …}}}`
 * becomes `model.fc.bias`.
 */
function flatten(root: PickleValue, where: string): Flattened {
  const found: Flattened = { tensors: new Map(), metadata: new Map() };
  if (!(root instanceof Map)) {
    throw malformed(where, "a dict of tensors", kindOf(root), {
      help: RECOVER,
    });
  }
  let visited = 0;
  const visit = (value: PickleValue, path: readonly string[]) => {
    if (++visited > MOST_VALUES || path.length > DEEPEST) {
      throw malformed(
        where,
        `at most ${MOST_VALUES} values, ${DEEPEST} levels deep`,
        "more",
        { help: RECOVER },
      );
    }
    if (value instanceof Map || Array.isArray(value)) {
      for (const [key, item] of value.entries()) {
        visit(item, [...path, String(key)]);
      }
      return;
    }
    const length = path.reduce((sum, { length }) => sum + length, 0);
    if (length > LONGEST_NAME) {
      const expected = `names of at most ${LONGEST_NAME} characters`;
      throw malformed(where, expected, `one of ${length}`, {
        help: RECOVER,
      });
    }
    const name = path.join(".");
    if (found.tensors.has(name) || found.metadata.has(name)) {
      throw malformed(where, "every name once", `${show(name)} again`, {
        help: RECOVER,
      });
    }
    if (found.tensors.size === MOST_TENSORS) {
      throw malformed(where, `at most ${MOST_TENSORS} tensors`, "more", {
        help: RECOVER,
      });
    }
    if (value instanceof TorchTensor) found.tensors.set(name, value);
    else if (value instanceof PickleOpaque) {
      found.metadata.set(name, value.kind);
    } else if (value instanceof PickleObject) {
      throw malformed(`${where}: ${show(name)}`, "a value", value.kind);
    } else found.metadata.set(name, String(value));
  };
  visit(root, []);
  return found;
}

function kindOf(value: PickleValue): string {
  if (value instanceof PickleObject) return value.kind;
  return Array.isArray(value) ? "a list" : show(value);
}
