import { describe, FormatError } from "../base/errors.ts";
import type { HostTensor } from "./_host_tensor.ts";

type Metadata = Readonly<Record<string, string>>;
type Tensors = Iterable<readonly [string, HostTensor]>;

/** The key of the checksum in a file's metadata, and the start of its value. */
const [key, start] = ["checksum", "sha256:"];

/**
 * Metadata with the SHA-256 of all else that a file holds: the rest of the
 * metadata; names, types, shapes and bytes of the tensors, in the order of names.
 */
export async function withChecksum(
  tensors: Tensors,
  metadata: Metadata,
): Promise<Record<string, string>> {
  const rest = withoutChecksum(metadata);
  return { ...rest, [key]: await checksumOf(tensors, rest) };
}

/**
 * Compares the content of a file with its checksum, if it has one: files of other
 * programs have none.
 *
 * @param name What to call the file in an error.
 * @throws {FormatError} If the content is another.
 */
export async function verifyChecksum(
  name: string,
  { metadata, tensors }: { metadata: Metadata; tensors: Tensors },
): Promise<void> {
  const expected = Object.entries(metadata).find(isChecksum)?.[1];
  if (expected === undefined) return;
  const got = await checksumOf(tensors, withoutChecksum(metadata));
  if (got === expected && metadata[key] === expected) return;
  throw new FormatError(describe({
    what: `${name}: checksum of its content`,
    expected,
    got,
    help:
      "The file was damaged or changed since it was written: take another " +
      "copy.",
  }));
}

/** Whether an entry is a checksum, even where its key or its value is damaged. */
function isChecksum([name, value]: readonly [string, string]): boolean {
  return name === key || value.startsWith(start);
}

/** Metadata without a checksum. */
export function withoutChecksum(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter((entry) => !isChecksum(entry)),
  );
}

async function checksumOf(
  tensors: Tensors,
  metadata: Metadata,
): Promise<string> {
  const entries = [...tensors].sort(([a], [b]) => a < b ? -1 : 1);
  const names = entries.map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const head = JSON.stringify([Object.entries(metadata).sort(), names]);
  const parts = [
    new TextEncoder().encode(head),
    ...entries.map(([, { data: { buffer, byteLength, byteOffset } }]) =>
      new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
    ),
  ];
  const bytes = await new Blob(parts).arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return start + new Uint8Array(digest).toHex();
}
