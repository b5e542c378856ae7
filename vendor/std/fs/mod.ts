/**
 * `jsr:@std/fs` for machines that reach npm only, where no package carries it:
 * what this project uses of it, over Deno's own API.
 *
 * @module
 */

/** What must be there for `exists` to say yes. */
export interface ExistsOptions {
  /** Only a folder will do. */
  isDirectory?: boolean;
  /** Only a file will do. */
  isFile?: boolean;
}

/** Whether there is a file or folder at `path`. */
export async function exists(
  path: string | URL,
  options: ExistsOptions = {},
): Promise<boolean> {
  try {
    return fits(await Deno.stat(path), options);
  } catch (error) {
    return absent(error);
  }
}

/** Makes the folder `path`, and those above it, unless it is there. */
export async function ensureDir(path: string | URL): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
}

function fits(info: Deno.FileInfo, options: ExistsOptions): boolean {
  return (!options.isDirectory || info.isDirectory) &&
    (!options.isFile || info.isFile);
}

function absent(error: unknown): false {
  if (error instanceof Deno.errors.NotFound) return false;
  throw error;
}
