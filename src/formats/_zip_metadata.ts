/**
 * Metadata in the comment of a zip archive, which PyTorch and NumPy pass over.
 *
 * @module
 */

/** The longest comment of an archive, in bytes. */
const LONGEST = 2 ** 16 - 1;

/** Whether an archive has room for metadata. */
export function fitsComment(
  metadata: Readonly<Record<string, string>>,
): boolean {
  return encoded(metadata).length <= LONGEST;
}

/** The comment that holds metadata; empty for none, or where there is no room. */
export function commentOf(
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const isEmpty = Object.keys(metadata).length === 0;
  return isEmpty || !fitsComment(metadata)
    ? new Uint8Array()
    : encoded(metadata);
}

/** The metadata in a comment; a comment of another program's has none. */
export function metadataIn(comment: Uint8Array): Record<string, string> {
  const text = new TextDecoder().decode(comment);
  if (!text.startsWith("{")) return {};
  try {
    const value: unknown = JSON.parse(text);
    const entries = Object.entries(value as object);
    const areTexts = entries.every(([, text]) => typeof text === "string");
    return areTexts ? Object.fromEntries(entries) : {};
  } catch {
    return {}; // Not of ours: any text may stand there.
  }
}

function encoded(metadata: Readonly<Record<string, string>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(metadata));
}
