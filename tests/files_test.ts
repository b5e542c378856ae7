import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { join } from "@std/path";
import { DataError } from "../src/base/errors.ts";
import {
  checkWritable,
  makeFolder,
  readFile,
  writeFileAtomic,
} from "../src/formats/files.ts";
import { listing, temporaryFolder } from "./temporary_folder.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("read", "write");

const OLD = new Uint8Array([1, 2, 3]);
const NEW = new Uint8Array(100_000).fill(7);

permittedTest(
  "writeFileAtomic writes a new file and replaces an old one",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    await writeFileAtomic(path, OLD);
    assertEquals(await readFile(path), OLD);
    await writeFileAtomic(path, NEW);
    assertEquals(await readFile(path), NEW);
    assertEquals(await listing(folder.path), ["weights.bin"]);
  },
);

permittedTest(
  "writeFileAtomic never shows a reader a part of the file",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    await writeFileAtomic(path, NEW);
    const before = await Deno.open(path);
    const longer = new Uint8Array(NEW.length + 1);
    await writeFileAtomic(path, longer);
    // Who opened the old file keeps it whole: it was replaced, not written over.
    const seen = await new Response(before.readable).bytes();
    assertEquals(seen, NEW);
    assertEquals(await readFile(path), longer);
  },
);

permittedTest("writeFileAtomic names a missing folder", async () => {
  await using folder = await temporaryFolder();
  const missing = join(folder.path, "runs");
  const error = await assertRejects(
    () => writeFileAtomic(join(missing, "weights.bin"), OLD),
    DataError,
    `cannot write ${join(missing, "weights.bin")}: got no folder ${missing}.`,
  );
  assertMatch(error.message, /Help: Give a path in a folder that is there/);
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

permittedTest(
  "writeFileAtomic leaves nothing behind when it fails at the end",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    await Deno.mkdir(path);
    await assertRejects(
      () => writeFileAtomic(path, OLD),
      DataError,
      `cannot write ${path}`,
    );
    assertEquals(await listing(folder.path), ["weights.bin"]);
  },
);

permittedTest("checkWritable leaves everything as it was", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "weights.bin");
  await checkWritable(path);
  assertEquals(await listing(folder.path), []);
  await writeFileAtomic(path, OLD);
  await checkWritable(path);
  assertEquals(await readFile(path), OLD);
  assertEquals(await listing(folder.path), ["weights.bin"]);
});

permittedTest(
  "checkWritable refuses a folder and a place that is not there",
  async () => {
    await using folder = await temporaryFolder();
    await assertRejects(
      () => checkWritable(folder.path),
      DataError,
      `cannot write ${folder.path}: got it is a folder.`,
    );
    await assertRejects(
      () => checkWritable(join(folder.path, "none", "weights.bin")),
      DataError,
      `got no folder ${join(folder.path, "none")}.`,
    );
  },
);

permittedTest(
  "writeFileAtomic leaves nothing behind when writing fails",
  async () => {
    await using folder = await temporaryFolder();
    const bytes = new Uint8Array(8);
    bytes.subarray = () => {
      throw new Error("disk full");
    };
    await assertRejects(
      () => writeFileAtomic(join(folder.path, "weights.bin"), bytes),
      DataError,
      "got disk full.",
    );
    assertEquals(await listing(folder.path), []);
  },
);

permittedTest({
  name: "writeFileAtomic says that it may not write",
  permissions: { read: true, write: false },
  async fn() {
    const error = await assertRejects(
      () => writeFileAtomic("weights.bin", OLD),
      DataError,
      "cannot write weights.bin: got Requires write access",
    );
    assert(!error.message.includes("\n"));
  },
});

permittedTest("readFile names a missing file", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "weights.bin");
  await assertRejects(
    () => readFile(path),
    DataError,
    `cannot read ${path}: got no such file. Help: `,
  );
});

permittedTest(
  "makeFolder makes the folders above too, and says where a file is in the way",
  async () => {
    await using folder = await temporaryFolder();
    const deep = join(folder.path, "runs", "first");
    await makeFolder(deep);
    await makeFolder(deep);
    assert((await Deno.stat(deep)).isDirectory);
    const path = join(deep, "weights.bin");
    await writeFileAtomic(path, OLD);
    await assertRejects(
      () => makeFolder(join(path, "second")),
      DataError,
      `cannot make folder ${join(path, "second")}: got `,
    );
  },
);
