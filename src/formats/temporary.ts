import { basename, dirname, join } from "@std/path";

/** Younger files may be so new that their writer has not locked them yet. */
const newest = 1000;

/** The name of a new file that is to take the place of another. */
export function temporaryBeside(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

/** Makes a temporary file; it is locked until it is closed: its writer lives. */
export async function createTemporary(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { write: true, createNew: true });
  await lock(file);
  return file;
}

/** Writes all of the bytes, of which a system may take some at a time. */
export async function writeAll(
  file: Deno.FsFile,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}

async function lock(file: Deno.FsFile): Promise<void> {
  try {
    await file.lock(true);
  } catch (error) {
    // Nor can others lock it then, who would take it for left behind.
    if (!isUnsupported(error)) throw error;
  }
}

/**
 * Removes the temporary files of this path whose writers were killed: those
 * that nobody has locked. Does nothing where the folder may not be read, or
 * where Deno, before 2.6, cannot try a lock.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const { state } = await Deno.permissions.query({
    name: "read",
    path: folder,
  });
  if (state !== "granted" || !("tryLock" in Deno.FsFile.prototype)) return;
  const prefix = `${basename(path)}.`;
  try {
    for await (const { isFile, name } of Deno.readDir(folder)) {
      const isTemporary = isFile && name.startsWith(prefix) &&
        /^[0-9a-f]{8}\.tmp$/.test(name.slice(prefix.length));
      if (isTemporary) await removeIfLeft(join(folder, name));
    }
  } catch (error) {
    // A folder may be one that its user writes to and does not list.
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

async function removeIfLeft(path: string): Promise<void> {
  try {
    if (await isLeft(path)) await Deno.remove(path);
  } catch (error) {
    // Its writer has finished meanwhile, another has removed it, or it is another
    // user's.
    const isOthers = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied || isUnsupported(error);
    if (!isOthers) throw error;
  }
}

async function isLeft(path: string): Promise<boolean> {
  using file = await Deno.open(path, { write: true });
  const { mtime } = await file.stat();
  const age = Date.now() - (mtime?.getTime() ?? Date.now());
  return age > newest && await file.tryLock(true);
}

/** Whether a file system has no locks: some that are shared by a network. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Deno.errors.NotSupported ||
    error instanceof Error && /ENOLCK|ENOTSUP|ENOSYS/.test(
        (error as Error & { code?: string }).code ?? "",
      );
}
