import { assertEquals } from "@std/assert";
import { isPermitted, needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { specimens } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { type Reader, READERS } from "./readers.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** Changed files of each specimen; `deno task fuzz` tries more. */
const RUNS = 20;

const all = isPermitted("read") ? await specimens() : [];
for (const [index, specimen] of all.entries()) {
  Deno.test(`${specimen.reader} (${index}): the file is right, whole and made of its parts`, async () => {
    await using folder = await temporaryFolder();
    const { file, parts, reader, whole } = specimen;
    const read: Reader = READERS[reader];
    await read(file, folder.path);
    await read(await whole(parts), folder.path);
  });

  Deno.test(`${specimen.reader} (${index}): ${RUNS} changed files are read or refused`, async () => {
    const { faults } = await fuzz(specimen, { runs: RUNS, seed: 1 });
    assertEquals(faults.map(({ message }) => message), []);
  });
}
