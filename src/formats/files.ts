/**
 * Whole files, read and written so that a failure is one clear line and never
 * a file that is half there.
 *
 * @module
 */

import { ensureDir, exists } from "@std/fs";
import { dirname } from "@std/path";
import { DataError, describe } from "../base/errors.ts";

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
 * stays as it was until then, and if anything fails.
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
  const temporary = temporaryBeside(path);
  try {
    await writeThrough(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (cause) {
    // The first error is the one to tell. Where it came before the file was
    // made, there is nothing to remove.
    await Deno.remove(temporary).catch(() => {});
    throw writeFailure(path, cause);
  }
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
  const trial = temporaryBeside(path);
  try {
    await writeThrough(trial, new Uint8Array());
    await Deno.remove(trial);
    if (await exists(path, { isDirectory: true })) {
      throw new Deno.errors.IsADirectory("it is a folder");
    }
  } catch (cause) {
    throw writeFailure(path, cause);
  }
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
    throw failure(`cannot make folder ${path}`, cause, {
      missing: "no such place",
      help: "Give a place where no file is and that you may write.",
    });
  }
}

/** Writes a new file and waits until the disk has it. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}

function temporaryBeside(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

function writeFailure(path: string, cause: unknown): DataError {
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
