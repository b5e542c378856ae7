import { join } from "@std/path";
import { pack } from "../formats/gzip.ts";
import { makeFolder, writeFileAtomic } from "../formats/files.ts";
import type { Classifier } from "../models/mod.ts";
import { type PageContents, pageFiles } from "./page_files.ts";

/** A file of a site. */
export interface SiteFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Writes the page as files that any server of files serves, under any address.
 * Images to train on are packed by gzip, which the page unpacks.
 *
 * @param folder Made where it is not there; what lies in it stays, but for files
 * of the same names.
 * @throws {DataError} If the folder cannot be made, or a file not written.
 * @throws {LibraryError} If the page's programs cannot be made; then there is no
 * file yet.
 */
export async function writeSite(
  folder: string,
  model: Classifier,
  contents: PageContents,
): Promise<SiteFile[]> {
  const files: [name: string, bytes: Uint8Array][] = [];
  for (const [name, { read }] of Object.entries(pageFiles(model, contents))) {
    const bytes = await read();
    files.push([name, name.startsWith("training") ? await pack(bytes) : bytes]);
  }
  await makeFolder(folder);
  for (const [name, bytes] of files) {
    await writeFileAtomic(join(folder, name), bytes);
  }
  return files.map(([name, { length }]) => ({ name, bytes: length }));
}
