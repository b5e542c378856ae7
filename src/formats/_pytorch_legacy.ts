import { malformed, show } from "./_malformed.ts";
import {
  parsePickleAt,
  type PickleRules,
  type PickleValue,
} from "./_pickle.ts";
import { type StorageBytes, torchFile } from "./_pytorch.ts";
import { parseTorchPickle, type TorchPickle } from "./_pytorch_pickle.ts";
import type { Source } from "./_source.ts";
import type { WeightsFile } from "./_weights_file.ts";

/** The number that a file from before PyTorch 1.6 begins with. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;

/** The start of it, pickled. */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46];

/** Before it, the protocol, and from 4 on a frame: its code and its length. */
const [SHORT, LONG] = [2, 11];

/** Bytes in which it lies. */
export const LEGACY_START = LONG + MAGIC.length;

/** The only version of the format. */
const PROTOCOL = 1001;

const RECOVER =
  "In Python, write it again: torch.save(torch.load(path), path).";

/** Whether a file that starts so was written by PyTorch before 1.6. */
export function isLegacyTorch(start: Uint8Array): boolean {
  const at = start[1] >= 4 ? LONG : SHORT;
  return start[0] === 0x80 &&
    MAGIC.every((byte, index) => start[at + index] === byte);
}

/**
 * Opens a file of PyTorch before 1.6: pickles of a magic number, a version, the
 * machine, the value and the keys of its storages, then for each key the number
 * of its elements in eight bytes, and the elements. The format:
 * `_legacy_save` in https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
export async function openLegacyTorch(source: Source): Promise<WeightsFile> {
  const bytes = await source.read(0, source.size);
  const plain: PickleRules = {
    where: source.name,
    globals: new Map(),
    persistent: () => undefined,
    help: RECOVER,
  };
  const magic = parsePickleAt(bytes, 0, plain);
  if (magic.value !== MAGIC_NUMBER) {
    const got = show(magic.value);
    throw malformed(source.name, "PyTorch's magic number", got, {
      help: RECOVER,
    });
  }
  const version = parsePickleAt(bytes, magic.end, plain);
  if (version.value !== PROTOCOL) {
    const got = show(version.value);
    throw malformed(source.name, `protocol ${PROTOCOL}`, got, {
      help: RECOVER,
    });
  }
  const system = parsePickleAt(bytes, version.end, plain);
  checkSystem(source.name, system.value);
  const { end, storages, value } = parseTorchPickle(
    bytes,
    source.name,
    system.end,
  );
  const keys = parsePickleAt(bytes, end, plain);
  const found = storagesIn(bytes, source.name, keys, storages);
  return torchFile(source, {
    value,
    where: source.name,
    storageOf: ({ key }) => found.get(key),
  });
}

function checkSystem(name: string, system: PickleValue): void {
  if (system instanceof Map && system.get("little_endian") === true) return;
  throw malformed(name, "little-endian numbers", "others", { help: RECOVER });
}

/** The bytes of each storage, in the order of the keys. */
function storagesIn(
  bytes: Uint8Array,
  name: string,
  { end, value: keys }: { value: PickleValue; end: number },
  storages: TorchPickle["storages"],
): Map<string, StorageBytes> {
  if (!Array.isArray(keys)) {
    throw malformed(name, "a list of storages", show(keys), { help: RECOVER });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, StorageBytes>();
  let at = end;
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    const where = `${name}: storage ${show(key)}`;
    if (storage === undefined) {
      throw malformed(where, "one that a tensor names", "another", {
        help: RECOVER,
      });
    }
    if (at + 8 > bytes.length) {
      throw malformed(where, "its elements", "the end", { help: RECOVER });
    }
    const count = Number(view.getBigInt64(at, true));
    const start = at + 8;
    const size = count * storage.elementBytes;
    if (!(count >= 0) || start + size > bytes.length) {
      throw malformed(where, `${count} elements`, "the end", { help: RECOVER });
    }
    at = start + size;
    const own = bytes.subarray(start, at);
    found.set(storage.key, { size, read: () => Promise.resolve(own) });
  }
  return found;
}
