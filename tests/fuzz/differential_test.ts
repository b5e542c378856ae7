import { assert, assertEquals } from "@std/assert";
import { isPermitted, needs } from "../permissions.ts";
import { specimens } from "./corpus.ts";
import { compareReading, compareReadings, emptyTally } from "./differential.ts";
import { type FormatName, formatOf, FORMATS } from "./differential_formats.ts";
import { REASONS } from "./reasons.ts";
import { Reference } from "./reference.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** Changed files of each specimen; `deno task differential` tries more. */
const RUNS = 60;

/** The packages of Debian that have the modules. */
const PACKAGES = {
  csv: "python3",
  numpy: "python3-numpy",
  onnx: "python3-onnx",
  pillow: "python3-pil",
  torch: "python3-torch",
} as const;

const found = isPermitted("env", "read", "run", "write")
  ? await modulesFound()
  : [];
const all = isPermitted("read") ? await specimens() : [];

for (const format of Object.keys(FORMATS) as FormatName[]) {
  const { module } = FORMATS[format];
  const isThere = found.includes(module);
  Deno.test({
    name: `${format}: what is read has the content that ${module} finds` +
      (isThere ? "" : ` (needs ${PACKAGES[module]})`),
    ignore: !isThere,
    fn: async () => {
      await using reference = (await Reference.start())!;
      const own = all.filter(({ reader }) => formatOf(reader) === format);
      assert(own.length > 0, format);
      const tally = emptyTally();
      for (const specimen of own) {
        await compareReading(specimen.file, format, { reference, tally });
      }
      assertEquals(tally.same, own.length);
      for (const specimen of own) {
        const options = { reference, runs: RUNS, seed: 1, tally };
        await compareReadings(specimen, format, options);
      }
      assertEquals(
        [...tally.faults.values()].map(({ message }) => message),
        [],
      );
    },
  });
}

Deno.test("what the library reads alone has a reason in its own words", () => {
  for (const { formats, why } of REASONS) {
    assert(formats.length > 0 && /^[A-Z].{20,}\.$/s.test(why), why);
  }
});

async function modulesFound(): Promise<readonly string[]> {
  await using reference = await Reference.start();
  return reference?.modules ?? [];
}
