import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { bytesSource } from "../../src/formats/_source.ts";
import { openZip, writeZip } from "../../src/formats/_zip.ts";
import { encodeNpz } from "../../src/formats/npz.ts";
import type { HostTensor } from "../../src/formats/safetensors.ts";
import { decodeWeights, readWeights } from "../../src/formats/weights.ts";
import { goldenPath } from "./_golden_file.ts";
import { mutate, randomIntegers } from "./_mutate.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read");

for (const name of ["npz_plain", "npz_packed"]) {
  permittedTest(`${name}.npz has NumPy's values`, async () => {
    const { format, tensors } = await readWeights(goldenPath(`${name}.npz`));
    assertEquals(format, "npz");
    const types = {
      ...{ f8: "F64", f4: "F32", f2: "F32", i8: "I64", i4: "I32", i2: "I16" },
      ...{ i1: "I8", u8: "U64", u4: "U32", u2: "U16", u1: "U8" },
    };
    for (const [key, dtype] of Object.entries(types)) {
      const tensor = tensors.get(key)!;
      assertEquals([tensor.dtype, tensor.shape], [dtype, [3]], key);
      assertEquals(Array.from(tensor.data, Number), [0, 1, 2], key);
    }
    assertEquals(tensors.get("bool")!.data, new Uint8Array([1, 0]));
    assertEquals(tensors.get("scalar")!.shape, []);
    assertEquals(tensors.get("empty")!.shape, [0, 3]);
    const matrix = Float32Array.from({ length: 24 }, (_, index) => index);
    for (const key of ["matrix", "fortran"]) {
      assertEquals(tensors.get(key), {
        dtype: "F32",
        shape: [2, 3, 4],
        data: matrix,
      });
    }
  });
}

const refused: [file: string, message: RegExp][] = [
  ["npz_objects", /a\.npy: expected an array of numbers, got .* of \|O\. /],
];
for (const [file, message] of refused) {
  permittedTest(`${file}.npz is refused`, async () => {
    const read = () => readWeights(goldenPath(`${file}.npz`));
    assertMatch((await assertRejects(read, FormatError)).message, message);
  });
}

/** A `.npy` file without elements. */
function npy(descr: string): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (0,), }\n`;
  const start = [...`\x93NUMPY\x01\0${String.fromCharCode(text.length)}\0`];
  return Uint8Array.from([...start, ...text], (one) => one.charCodeAt(0));
}

Deno.test("objects and records beside numbers are named", async () => {
  const descriptions = {
    objects: "'|O'",
    records: "[('a', '<i4'), ('b', '<f8')]",
  };
  const others = Object.entries(descriptions);
  const bytes = await writeZip([
    ["a.npy", npy("'<f4'")],
    ["b.npy", npy("'>i8'")],
    ...others.map(([name, descr]) => [`${name}.npy`, npy(descr)] as const),
    ["README.txt", new Uint8Array(3)],
  ]);
  const { metadata, tensors } = await decodeWeights(bytes);
  assertEquals([...tensors.keys()], ["a", "b"]);
  assertEquals(metadata, {
    objects: "an array of |O",
    records: "an array of [('a', '<i4'), ('b', '<f8')]",
  });
  for (const [name, descr] of others) {
    const alone = await writeZip([[`${name}.npy`, npy(descr)]]);
    const error = await assertRejects(() => decodeWeights(alone), FormatError);
    assertMatch(error.message, /expected an array of numbers, got an array of/);
  }
});

permittedTest(
  "arrays that are no numbers are left where they are",
  async () => {
    const { metadata, tensors } = await readWeights(
      goldenPath("npz_beside.npz"),
    );
    assertEquals(
      tensors,
      new Map<string, HostTensor>([
        ["a", { dtype: "F32", shape: [2], data: new Float32Array([1, -2]) }],
        ["b", {
          dtype: "I16",
          shape: [2, 2],
          data: new Int16Array([1, 2, 3, 4]),
        }],
      ]),
    );
    assertEquals(metadata, {
      names: "an array of <U4",
      when: "an array of <M8[D]",
      complex: "an array of <c16",
    });
  },
);

permittedTest("a header's entries stand in any order", async () => {
  const { tensors } = await readWeights(goldenPath("npz_headers.npz"));
  assertEquals([...tensors.keys()], ["0", "1", "2"]);
  for (const { data, shape } of tensors.values()) {
    assertEquals(shape, [2]);
    assertEquals(data, new Float32Array([1, -2]));
  }
});

permittedTest("members that share their bytes are refused", async () => {
  const read = () => readWeights(goldenPath("npz_overlap.npz"));
  const { message } = await assertRejects(read, FormatError);
  assertMatch(
    message,
    /1\.npy: expected bytes of its own, got bytes of another/,
  );
});

permittedTest(
  "much more content than the file is long is refused",
  async () => {
    const read = () => readWeights(goldenPath("npz_zeros.npz"));
    const { message } = await assertRejects(read, FormatError);
    assertMatch(
      message,
      /expected at most 673\d+ bytes of tensors, got 7130\d+/,
    );
  },
);

permittedTest(
  "encodeNpz writes what NumPy writes, but for padding",
  async () => {
    const path = goldenPath("npz_plain.npz");
    const { tensors } = await readWeights(path);
    tensors.delete("fortran"); // Written row-major, as all are.
    tensors.delete("f2"); // Read as f4.
    const bytes = await encodeNpz(tensors);
    assertEquals((await decodeWeights(bytes)).tensors, tensors);
    assertEquals(await encodeNpz(tensors), bytes);
    const golden = await arraysOf(await Deno.readFile(path));
    const own = await arraysOf(bytes);
    assertEquals(own.size, tensors.size);
    for (const [name, array] of own) {
      assertEquals(
        array,
        golden.get(name),
        name,
      );
    }
  },
);

/** The arrays of an archive as text, without the padding of their headers. */
async function arraysOf(bytes: Uint8Array): Promise<Map<string, string>> {
  const arrays = new Map<string, string>();
  const { members } = await openZip(bytesSource(bytes, "npz"));
  for (const [name, member] of members) {
    const text = String.fromCharCode(...await member.read());
    const dataStart = text.indexOf("\n") + 1;
    assertEquals(dataStart % 64, 0, name);
    const header = text.slice("_NUMPY____".length, dataStart).trimEnd();
    assertEquals(text.slice(0, 8), "\x93NUMPY\x01\x00");
    arrays.set(name, header + text.slice(dataStart));
  }
  return arrays;
}

Deno.test("encodeNpz refuses a name twice", async () => {
  const tensor: HostTensor = {
    dtype: "U8",
    shape: [1],
    data: new Uint8Array(1),
  };
  await assertRejects(
    () => encodeNpz([["a", tensor], ["a", tensor]]),
    TypeError,
  );
});

for (const name of ["npz_plain", "npz_packed"]) {
  permittedTest(`mutations of ${name}.npz are refused or read`, async () => {
    const valid = await Deno.readFile(goldenPath(`${name}.npz`));
    const random = randomIntegers(0x4e50);
    let refused = 0;
    for (let round = 0; round < 150; round++) {
      try {
        await decodeWeights(mutate(valid, random, "PK<f48|()',:{}\x00"));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused++;
      }
    }
    assert(refused > 75, `${refused} of 150 were refused`);
  });
}
