import { DataError, describe } from "../base/errors.ts";

/** Bytes that are read piece by piece: a file, or memory. */
export interface Source extends Disposable {
  /** Its name in an error: a path. */
  readonly name: string;
  /** All its bytes. */
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` where the end comes first. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array, name: string): Source {
  return {
    name,
    size: bytes.length,
    read: (offset, length) =>
      Promise.resolve(bytes.subarray(offset, offset + length)),
    [Symbol.dispose]: () => {},
  };
}

/**
 * Opens a file.
 *
 * @throws {DataError} If it can't be opened or, later, read.
 */
export async function fileSource(path: string): Promise<Source> {
  const file = await reading(path, () => Deno.open(path));
  try {
    const { size, isDirectory } = await reading(path, () => file.stat());
    if (isDirectory) throw unreadable(path, "a folder");
    let last: Promise<unknown> = Promise.resolve();
    return {
      name: path,
      size,
      // One after another: a file has one position for all who read it.
      read: (offset, length) => {
        const read = () => readAt(file, offset, Math.min(length, size));
        const result = last.then(() => reading(path, read));
        last = result.catch(() => {});
        return result;
      },
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

async function reading<Result>(
  path: string,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(path, missing ? "no such file" : reason, cause);
  }
}

function unreadable(path: string, got: string, cause?: unknown): DataError {
  const line = describe({
    what: `cannot read ${path}`,
    got,
    help: "Give a file that is there and that you may read.",
  });
  return new DataError(line, { cause });
}
