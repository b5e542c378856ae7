import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { DataError } from "../src/base/errors.ts";
import {
  checkWritable,
  makeFolder,
  makeNewFolder,
  placeOf,
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

const unixTest = testWith("read", "run", "write");

/** A process that is killed in the middle of writing the file. */
async function killedWriter(path: string): Promise<void> {
  const module = new URL("../src/formats/files.ts", import.meta.url);
  const program = `
    const { writeFileAtomic } = await import("${module}");
    const sync = Deno.FsFile.prototype.sync;
    Deno.FsFile.prototype.sync = () => {
      console.log("writing");
      return new Promise(() => setTimeout(() => {}, 1e6));
    };
    await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(10));
  `;
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const reader = child.stdout.getReader();
  await reader.read();
  assertEquals((await listing(dirname(path))).length, 1);
  await writeFileAtomic(path, OLD);
  assertEquals((await listing(dirname(path))).length, 2, "it is alive");
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
}
const config = fromFileUrl(new URL("../deno.json", import.meta.url));

unixTest("what a killed writer left is removed by the next one", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "weights.bin");
  await killedWriter(path);
  const others = ["weights.bin.mine.tmp", "weights.bin.12345678.tmp.txt"];
  for (const name of others) await Deno.writeFile(join(folder.path, name), OLD);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await writeFileAtomic(path, NEW);
  assertEquals(
    (await listing(folder.path)).sort(),
    ["weights.bin", ...others].sort(),
  );
});

permittedTest({
  name: "a file that is replaced keeps its mode, a link its target",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    await Deno.writeFile(path, OLD, { mode: 0o640 });
    await Deno.chmod(path, 0o640);
    const link = join(folder.path, "latest");
    await Deno.symlink("weights.bin", link);
    await checkWritable(link);
    await writeFileAtomic(link, NEW);
    assertEquals(await readFile(path), NEW);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
    assertEquals((await Deno.lstat(link)).isSymlink, true);
    const dangling = join(folder.path, "next");
    await Deno.symlink("made.bin", dangling);
    await writeFileAtomic(dangling, OLD);
    assertEquals(await readFile(join(folder.path, "made.bin")), OLD);
    const loop = join(folder.path, "loop");
    await Deno.symlink("loop", loop);
    await assertRejects(() => writeFileAtomic(loop, OLD), DataError, "links");
  },
});

unixTest({
  name: "a pipe and a device are written to, and stay",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const pipe = join(folder.path, "pipe");
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await checkWritable(pipe);
    const [read] = await Promise.all([
      Deno.readFile(pipe),
      writeFileAtomic(pipe, NEW),
    ]);
    assertEquals(read, NEW);
    assertEquals((await Deno.lstat(pipe)).isFifo, true);
    await writeFileAtomic("/dev/null", NEW);
    assertEquals((await Deno.lstat("/dev/null")).isCharDevice, true);
  },
});

permittedTest({
  name: "a file's place is the same for all its paths, and no other's",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await Deno.mkdir(at("there"));
    await Deno.symlink(at("there"), at("here"));
    // Not there yet: its folder and its name.
    const later = await placeOf(at("there/a"));
    assertEquals(await placeOf(at("here/a")), later);
    assertNotEquals(await placeOf(at("there/b")), later);
    for (const name of ["a", "b"]) {
      await Deno.writeFile(at(`there/${name}`), OLD);
    }
    await Deno.link(at("there/a"), at("there/same"));
    await Deno.symlink("there/a", at("leads"));
    const now = await placeOf(at("there/a"));
    for (const name of ["here/a", "there/same", "leads"]) {
      assertEquals(await placeOf(at(name)), now, name);
    }
    assertNotEquals(await placeOf(at("there/b")), now);
    assertEquals(await placeOf(at("here")), await placeOf(at("there")));
    // What takes anything is never the same.
    const device = await placeOf("/dev/null");
    assertNotEquals(await placeOf("/dev/null"), device);
  },
});

permittedTest("a new folder is made once, and not below a file", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "run");
  assertEquals([await makeNewFolder(path), await makeNewFolder(path)], [
    true,
    false,
  ]);
  await Deno.writeFile(join(path, "file"), OLD);
  for (const make of [makeFolder, makeNewFolder]) {
    await assertRejects(
      () => make(join(path, "file", "within")),
      DataError,
      `cannot make folder ${join(path, "file", "within")}: got `,
    );
  }
  await assertRejects(
    () => makeNewFolder(join(path, "absent", "within")),
    DataError,
    "got no such place. Help: Give a place where no file is and that you may",
  );
});

unixTest("links that lead nowhere are no file to write", async () => {
  await using folder = await temporaryFolder();
  const [one, other] = ["one", "other"].map((name) => join(folder.path, name));
  await Deno.symlink(one, other);
  await Deno.symlink(other, one);
  for (
    const write of [checkWritable, (at: string) => writeFileAtomic(at, OLD)]
  ) {
    await assertRejects(
      () => write(one),
      DataError,
      `cannot write ${one}: got too many symbolic links. Help: Give a path`,
    );
  }
});

unixTest({
  name: "a disk without room is told",
  // Linux alone has a device that is always full.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await assertRejects(
      () => writeFileAtomic("/dev/full", OLD),
      DataError,
      "cannot write /dev/full: got a full disk. Help: Free space on the disk, " +
        "or give a path on another.",
    );
  },
});

permittedTest(
  "files are written where a file system has no locks",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    const left = `${path}.0123abcd.tmp`;
    await Deno.writeFile(left, OLD);
    await Deno.utime(left, new Date(0), new Date(0));
    const { lock, tryLock } = Deno.FsFile.prototype;
    const refuse = (error: Error) => {
      Deno.FsFile.prototype.lock = () => Promise.reject(error);
      Deno.FsFile.prototype.tryLock = () => Promise.reject(error);
    };
    try {
      refuse(new Deno.errors.NotSupported("no locks"));
      await writeFileAtomic(path, OLD);
      refuse(Object.assign(new Error("no locks"), { code: "ENOLCK" }));
      await writeFileAtomic(path, NEW);
      assertEquals(await readFile(path), NEW);
      // Nobody can know whether its writer lives.
      const names = ["weights.bin", "weights.bin.0123abcd.tmp"];
      assertEquals(await listing(folder.path), names);
      refuse(new Error("a broken disk"));
      await assertRejects(
        () => writeFileAtomic(path, OLD),
        DataError,
        `cannot write ${path}: got a broken disk. Help: `,
      );
      assertEquals(await readFile(path), NEW);
      assertEquals(await listing(folder.path), names);
    } finally {
      Object.assign(Deno.FsFile.prototype, { lock, tryLock });
    }
    await writeFileAtomic(path, OLD);
    assertEquals(await listing(folder.path), ["weights.bin"]);
  },
);

permittedTest(
  "writers of one file may remove what was left behind at once",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    for (let round = 0; round < 10; round++) {
      for (let left = 0; left < 5; left++) {
        const name = `${path}.0000000${left}.tmp`;
        await Deno.writeFile(name, OLD);
        await Deno.utime(name, new Date(0), new Date(0));
      }
      await Promise.all(
        [OLD, NEW, OLD, NEW].map((bytes) => writeFileAtomic(path, bytes)),
      );
    }
    assertEquals(await listing(folder.path), ["weights.bin"]);
  },
);

permittedTest(
  "a file is written into a folder that may not be listed",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "weights.bin");
    const { readDir } = Deno;
    // The superuser, whom tests may run as, lists every folder.
    Deno.readDir = (folder) => {
      throw new Deno.errors.PermissionDenied(`readdir '${folder}'`);
    };
    try {
      await writeFileAtomic(path, NEW);
    } finally {
      Deno.readDir = readDir;
    }
    assertEquals(await readFile(path), NEW);
    assertEquals(await listing(folder.path), ["weights.bin"]);
  },
);
