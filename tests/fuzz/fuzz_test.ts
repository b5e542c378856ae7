import { assertEquals } from "@std/assert";
import { isPermitted, needs } from "../permissions.ts";
import { specimens } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** Changed files of each specimen; `deno task fuzz` tries more. */
const RUNS = 20;

const all = isPermitted("read") ? await specimens() : [];
for (const [index, specimen] of all.entries()) {
  Deno.test(`${specimen.reader} (${index}): ${RUNS} changed files are read or refused`, async () => {
    const { faults } = await fuzz(specimen, { runs: RUNS, seed: 1 });
    assertEquals(faults.map(({ message }) => message), []);
  });
}
