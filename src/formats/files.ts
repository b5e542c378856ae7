/**
 * Whole files, read and written so that a failure is one clear line and never
 * a file that is half there.
 *
 * @module
 */

import { ensureDir } from "@std/fs";
import { basename, dirname, isAbsolute, join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import {
  createTemporary,
  removeLeftovers,
  temporaryBeside,
  writeAll,
} from "./temporary.ts";

/**
 * Reads a whole file.
 *
 * @throws {DataError} If it cannot be read; `cause` is Deno's own error.
 *
 * @example
 * ```ts
 * import { readFile, writeFileAtomic } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/answer.bin`;
 * await writeFileAtomic(path, new Uint8Array([42]));
 * assertEquals(await readFile(path), new Uint8Array([42]));
 * ```
 */
export async function readFile(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw failure(`cannot read ${path}`, cause, {
      missing: "no such file",
      help: "Give a file that is there and that you may read.",
    });
  }
}

/**
 * Writes a file whole or not at all: into a temporary file beside `path`,
 * which takes its place once its bytes are on the disk. What was at `path`
 * stays as it was until then, and if anything fails. A file that is replaced
 * keeps its mode and owner, a symbolic link its target, which is replaced; to
 * what is no regular file, such as a pipe, the bytes are written. Temporary files
 * that a killed program left behind are removed.
 *
 * @throws {DataError} If the folder is missing or cannot be written, or `path`
 * is a folder; `cause` is Deno's own error. No temporary file is left.
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "@x/mnist-cnn/formats";
 *
 * const folder = await Deno.makeTempDir();
 * await writeFileAtomic(`${folder}/answer.bin`, new Uint8Array([42]));
 * ```
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  try {
    const { target, info } = await targetOf(path);
    if (info !== null && !info.isFile && !info.isDirectory) {
      return await writeInto(target, bytes);
    }
    await replace(target, bytes, info);
    await removeLeftovers(target);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/** The file that a path leads to, through links, and what is there. */
async function targetOf(
  path: string,
): Promise<{ target: string; info: Deno.FileInfo | null }> {
  let target = path;
  // As many links as Linux follows.
  for (let links = 0; links < 40; links++) {
    const info = await infoOf(target);
    if (info === null || !info.isSymlink) return { target, info };
    const link = await Deno.readLink(target);
    target = isAbsolute(link) ? link : join(dirname(target), link);
  }
  throw new Deno.errors.FilesystemLoop("too many symbolic links");
}

/** What is at a path; null is nothing, or what may not be looked at. */
async function infoOf(path: string): Promise<Deno.FileInfo | null> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state !== "granted") return null;
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Puts a new file into the place of another, or of none. */
async function replace(
  path: string,
  bytes: Uint8Array,
  info: Deno.FileInfo | null,
): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeThrough(temporary, bytes, info);
    await Deno.rename(temporary, path);
  } catch (cause) {
    // The first error is the one to tell. Where it came before the file was
    // made, there is nothing to remove.
    await Deno.remove(temporary).catch(() => {});
    throw cause;
  }
}

/** Writes to a device or a pipe, which cannot be replaced. */
async function writeInto(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await writeAll(file, bytes);
}

/**
 * Finds out whether {@linkcode writeFileAtomic} will be able to write a file,
 * before hours of work depend on it. What is at `path` stays as it is.
 *
 * @throws {DataError} If the folder is missing or cannot be written, or `path`
 * is a folder; `cause` is Deno's own error.
 *
 * @example
 * ```ts
 * import { checkWritable } from "@x/mnist-cnn/formats";
 *
 * await checkWritable(`${await Deno.makeTempDir()}/answer.bin`);
 * ```
 */
export async function checkWritable(path: string): Promise<void> {
  try {
    const { target, info } = await targetOf(path);
    if (info?.isDirectory) {
      throw new Deno.errors.IsADirectory("it is a folder");
    }
    // Opening a pipe would wait for its reader.
    if (info !== null && !info.isFile) return;
    const trial = temporaryBeside(target);
    await writeThrough(trial, new Uint8Array(), null);
    await Deno.remove(trial);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/**
 * The identity of a file, the same for all its paths: where it is there, its
 * device and number, through links; otherwise the folder's and its name. What
 * can be written again and again without loss, a device or a pipe, has an
 * identity each time.
 */
export async function placeOf(path: string): Promise<string> {
  const { target, info } = await targetOf(path);
  if (info !== null && !info.isFile && !info.isDirectory) {
    return crypto.randomUUID();
  }
  if (info !== null && info.ino !== null) return `${info.dev}:${info.ino}`;
  const folder = await infoOf(dirname(target));
  if (folder === null) return target;
  const { dev, ino } = await Deno.stat(dirname(target));
  return `${dev}:${ino}/${basename(target)}`;
}

/**
 * Makes a folder, and those above it, unless it is there.
 *
 * @throws {DataError} If it cannot be made; `cause` is Deno's own error.
 *
 * @example
 * ```ts
 * import { makeFolder } from "@x/mnist-cnn/formats";
 *
 * await makeFolder(`${await Deno.makeTempDir()}/runs/first`);
 * ```
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await ensureDir(path);
  } catch (cause) {
    throw folderFailure(path, cause);
  }
}

/**
 * Makes a folder of its own for the caller.
 *
 * @returns Whether it was made; false where something is at the path already.
 * @throws {DataError} If it cannot be made; `cause` is Deno's own error.
 */
export async function makeNewFolder(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return false;
    throw folderFailure(path, cause);
  }
}

/**
 * Writes a new file and waits until the disk has it.
 *
 * @param like The file whose mode and owner it gets.
 */
async function writeThrough(
  path: string,
  bytes: Uint8Array,
  like: Deno.FileInfo | null,
): Promise<void> {
  using file = await createTemporary(path);
  await writeAll(file, bytes);
  await file.sync();
  if (like === null || Deno.build.os === "windows") return;
  const { gid, mode, uid } = like;
  const own = await file.stat();
  if (uid !== own.uid || gid !== own.gid) await Deno.chown(path, uid, gid);
  if (mode !== null && mode !== own.mode) await Deno.chmod(path, mode & 0o7777);
}

/** Messages of a system whose disk has no room, or gives its user no more. */
const isFull = /No space left|not enough space|quota exceeded|ENOSPC|EDQUOT/i;

function folderFailure(path: string, cause: unknown): DataError {
  return failure(`cannot make folder ${path}`, cause, {
    missing: "no such place",
    help: "Give a place where no file is and that you may write.",
  });
}

function writeFailure(path: string, cause: unknown): DataError {
  if (cause instanceof Error && isFull.test(cause.message)) {
    return new DataError(
      describe({
        what: `cannot write ${path}`,
        got: "a full disk",
        help: "Free space on the disk, or give a path on another.",
      }),
      { cause },
    );
  }
  return failure(`cannot write ${path}`, cause, {
    missing: `no folder ${dirname(path)}`,
    help: "Give a path in a folder that is there and that you may write.",
  });
}

function failure(
  what: string,
  cause: unknown,
  options: { missing: string; help: string },
): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const got = cause instanceof Deno.errors.NotFound ? options.missing : reason;
  return new DataError(describe({ what, got, help: options.help }), { cause });
}
