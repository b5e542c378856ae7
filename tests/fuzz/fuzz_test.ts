import { assert, assertEquals, assertRejects } from "@std/assert";
import { isPermitted, needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { specimens } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { type Reader, READERS } from "./readers.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** Changed files of each specimen; `deno task fuzz` tries more. */
const RUNS = 20;

Deno.test("where the time is over, no other file is tried", async () => {
  const [specimen] = await specimens();
  const limits = { runs: 1000, seed: 1, milliseconds: 0 };
  const { faults, files } = await fuzz(specimen, limits);
  assertEquals(faults, []);
  assert(files <= 1, `${files} files`);
});

Deno.test("what keeps files from being read is no fault of theirs", async () => {
  const [specimen] = await specimens();
  const whole = () => Promise.reject(new Error("no file can be made"));
  await assertRejects(
    () => fuzz({ ...specimen, whole }, { runs: 20, seed: 1 }),
    Error,
    "no file can be made",
  );
});

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
