/** Files out of archives that were fetched, and gzip. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { FormatError } from "../../src/base/errors.ts";
import { readArchive } from "../../src/formats/archive.ts";
import { pack, unpack } from "../../src/formats/gzip.ts";
import { writeNpz } from "../../src/formats/npz.ts";
import { tar } from "../datasets/_tar.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const permittedTest = testWith("read", "write");

/** What is read of an archive of these bytes. */
async function read(bytes: Uint8Array, wanted: RegExp) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "data.tgz");
  await Deno.writeFile(path, bytes);
  return await Array.fromAsync(readArchive(path, wanted));
}

const files = {
  folder: null,
  "folder/one.bin": Uint8Array.of(1, 2, 3),
  "other.txt": new Uint8Array(600),
  "folder/two.bin": new Uint8Array(512).fill(7),
};
const binaries = /^(?:folder|long\/folder)\/(\w+)\.bin$/;

permittedTest(
  "files of a packed tar archive are read by a pattern",
  async () => {
    const members = await read(await pack(tar(files)), binaries);
    assertEquals(members, [
      { name: "one", bytes: files["folder/one.bin"] },
      { name: "two", bytes: files["folder/two.bin"] },
    ]);
    // A long name has its start elsewhere, and archives may end without zeros.
    const prefixed = tar({ "folder/one.bin": Uint8Array.of(5) }).slice(0, 1024);
    prefixed.set(new TextEncoder().encode("long"), 345);
    assertEquals(await read(await pack(prefixed), binaries), [
      { name: "one", bytes: Uint8Array.of(5) },
    ]);
  },
);

permittedTest(
  "files of a zip archive are read by the same pattern",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "data.zip");
    const one = { dtype: "U8", shape: [1], data: Uint8Array.of(9) } as const;
    await writeNpz(path, [["a", one], ["b", one]]);
    const [member, ...others] = await Array.fromAsync(
      readArchive(path, /^(b)\.npy$/),
    );
    assertEquals([member.name, member.bytes.at(-1), others], ["b", 9, []]);
  },
);

permittedTest("an archive is refused by what is wrong with it", async () => {
  const whole = tar(files);
  const packed = await pack(whole);
  const big = tar({ "folder/one.bin": new Uint8Array(1) });
  big.set(new TextEncoder().encode("20000000000"), 124); // 2 GiB, in octal.
  const noSize = tar({ "folder/one.bin": new Uint8Array(1) });
  noSize.set(new TextEncoder().encode("x"), 124);
  const cases: [Uint8Array, string][] = [
    [await pack(new Uint8Array(300).fill(65)), "got something else"],
    [await pack(noSize), "got something else"],
    [await pack(big), "expected at most 1073741824 bytes, got 2147483648"],
    // The folder's header, one file's, and two of its three bytes.
    [await pack(whole.slice(0, 1024 + 2)), "expected more bytes, got its end"],
    [packed.slice(0, 60), "got bytes that gzip cannot unpack"],
    [await pack(tar({ "other.txt": Uint8Array.of(1) })), "got none"],
  ];
  for (const [bytes, message] of cases) {
    await assertRejects(() => read(bytes, binaries), FormatError, message);
  }
});

Deno.test("what gzip has packed is unpacked, other bytes stay", async () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
  const packed = await pack(bytes);
  assertEquals(await unpack(packed, "a"), bytes);
  assertEquals(await unpack(bytes, "a"), bytes);
  await assertRejects(
    () => unpack(packed, "a.gz", () => 9999),
    FormatError,
    `a.gz: expected at most 9999 bytes in ${packed.length} packed ones, got ` +
      "more. Help: Unpack it by gunzip if it is right.",
  );
  await assertRejects(
    () => unpack(packed, "a.gz", () => 2 ** 40),
    FormatError,
    "a.gz: expected at most ",
  );
  await assertRejects(
    () => unpack(packed.slice(0, -9), "a.gz"),
    FormatError,
    "a.gz: expected a whole gzip file, got ",
  );
});
