import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { DataError, FormatError, ShapeError } from "../../src/base/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type HostTensor,
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsTensorInfo,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { safetensorsBytes } from "./_safetensors_bytes.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "write");

const golden = new URL("../golden/", import.meta.url);

/** What safetensors_golden.py wrote, in its order. */
const everyDtype: [string, HostTensor][] = [
  ["bool", { dtype: "BOOL", shape: [3], data: new Uint8Array([1, 0, 1]) }],
  ["weight", {
    dtype: "F32",
    shape: [2, 3],
    data: new Float32Array([0, 1, 2, 3, 4, -0.5]),
  }],
  ["num_batches_tracked", {
    dtype: "I64",
    shape: [],
    data: new BigInt64Array([-(2n ** 63n)]),
  }],
  ["f32 bits", {
    dtype: "F32",
    shape: [4],
    data: new Float32Array(
      new Uint32Array([0x7fc12345, 2 ** 31, 1, 0x7f7fffff]).buffer,
    ),
  }],
  ["f64 bits", {
    dtype: "F64",
    shape: [2, 2],
    data: new Float64Array(
      new BigUint64Array([0xfff8000000012345n, 1n << 63n, 1n, 0x7ffn << 52n])
        .buffer,
    ),
  }],
  ["u64", {
    dtype: "U64",
    shape: [1],
    data: new BigUint64Array([2n ** 64n - 1n]),
  }],
  ["i32", {
    dtype: "I32",
    shape: [2],
    data: new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
  }],
  ["u32", { dtype: "U32", shape: [1], data: new Uint32Array([2 ** 32 - 1]) }],
  ["i16", { dtype: "I16", shape: [2], data: new Int16Array([-32768, 32767]) }],
  ["u16", { dtype: "U16", shape: [1], data: new Uint16Array([65535]) }],
  ["i8", { dtype: "I8", shape: [2], data: new Int8Array([-128, 127]) }],
  ["u8", { dtype: "U8", shape: [1, 1, 1], data: new Uint8Array([255]) }],
  ["empty", { dtype: "F32", shape: [0, 3], data: new Float32Array() }],
  ["1", { dtype: "U8", shape: [1], data: new Uint8Array([1]) }],
  ["0", { dtype: "U8", shape: [1], data: new Uint8Array([0]) }],
  ["__proto__", { dtype: "U8", shape: [1], data: new Uint8Array([2]) }],
  ['"é\\\n手😀', { dtype: "U8", shape: [1], data: new Uint8Array([3]) }],
];

const metadata = { format: "pt", note: 'é "quoted"\n' };

/** NaNs are equal to each other whatever their bits, so compare the bits. */
function withBytes(tensors: Iterable<readonly [string, HostTensor]>) {
  return [...tensors].map(([name, { dtype, shape, data }]) => ({
    name,
    dtype,
    shape,
    array: data.constructor.name,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      .slice(),
  }));
}

permittedTest(
  "encodeSafetensors writes the bytes of the golden file",
  async () => {
    const expected = await Deno.readFile(
      new URL("safetensors_golden.safetensors", golden),
    );
    assertEquals(encodeSafetensors(everyDtype, metadata), expected);
    assertEquals(encodeSafetensors(new Map(everyDtype), metadata), expected);
  },
);

permittedTest(
  "decodeSafetensors reads every dtype of the golden file bit for bit",
  async () => {
    const bytes = await Deno.readFile(
      new URL("safetensors_golden.safetensors", golden),
    );
    const contents = decodeSafetensors(bytes);
    assertEquals(withBytes(contents.tensors), withBytes(everyDtype));
    assertEquals(contents.metadata, metadata);
  },
);

permittedTest(
  "decodeSafetensors widens F16 and BF16 as PyTorch does",
  async () => {
    const bytes = await Deno.readFile(
      new URL("safetensors_halves.safetensors", golden),
    );
    const [f16, f16Expected, bf16, bf16Expected] = withBytes(
      decodeSafetensors(bytes).tensors,
    );
    assertEquals(f16, { ...f16Expected, name: "F16" });
    assertEquals(bf16, { ...bf16Expected, name: "BF16" });
    assertEquals(f16.array, "Float32Array");
  },
);

Deno.test("decodeSafetensors widens every F16 to the number that it is", () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index);
  const { tensors } = decodeSafetensors(
    safetensorsBytes(
      '{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}',
      new Uint8Array(halves.buffer),
    ),
  );
  const view = new DataView(halves.buffer);
  const expected = Float32Array.from(
    halves,
    (_, index) => view.getFloat16(2 * index, true),
  );
  assertEquals(tensors.get("x")?.data, expected);
});

Deno.test("a file without tensors round-trips", () => {
  const bytes = encodeSafetensors([]);
  assertEquals(bytes, safetensorsBytes("{}      "));
  assertEquals(decodeSafetensors(bytes), { tensors: new Map(), metadata: {} });
});

Deno.test("__proto__ is a key like any other in the metadata", () => {
  const hostile = JSON.parse('{"__proto__":"text","constructor":"more"}');
  const decoded = decodeSafetensors(encodeSafetensors([], hostile)).metadata;
  assertEquals(Object.entries(decoded), Object.entries(hostile));
  assertStrictEquals(Object.getPrototypeOf(decoded), Object.prototype);
});

Deno.test("encodeSafetensors writes the part of a buffer that data views", () => {
  const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  const bytes = encodeSafetensors([["x", { dtype: "F32", shape: [2], data }]]);
  assertEquals(
    decodeSafetensors(bytes).tensors.get("x")?.data,
    new Float32Array([1, 2]),
  );
});

Deno.test("decodeSafetensors copies nothing where the alignment allows it", () => {
  const bytes = encodeSafetensors(everyDtype);
  for (const { data } of decodeSafetensors(bytes).tensors.values()) {
    assertStrictEquals(data.buffer, bytes.buffer);
  }
});

Deno.test("decodeSafetensors reads tensors that are not aligned", () => {
  const bytes = encodeSafetensors(everyDtype);
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  const { tensors } = decodeSafetensors(shifted);
  assertEquals(withBytes(tensors), withBytes(everyDtype));
});

Deno.test("decodeSafetensors takes data in another order than the header", () => {
  const { tensors } = decodeSafetensors(safetensorsBytes(
    ` {"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},
      "a":{"shape":[1, 2],"dtype":"U8","data_offsets":[0,2],"more":[{}]}} `
      .trimStart(),
    new Uint8Array([1, 2, 3]),
  ));
  assertEquals([...tensors], [
    ["b", { dtype: "U8", shape: [1], data: new Uint8Array([3]) }],
    ["a", { dtype: "U8", shape: [1, 2], data: new Uint8Array([1, 2]) }],
  ]);
});

Deno.test("encodeSafetensors refuses what is no tensor", () => {
  const data = new Float32Array(6);
  const encode = (tensor: unknown, name = "x") => () =>
    encodeSafetensors([[name, tensor as HostTensor]]);
  // No literal: V8 names a function after it, and Deno's coverage reads no such
  // name.
  const half = String.fromCharCode(0xd800);
  const cases: [() => void, new () => Error, string][] = [
    [encode({ dtype: "F32", shape: [2, 4], data }), ShapeError, "[2, 4]"],
    [encode({ dtype: "F32", shape: [-2, -3], data }), ShapeError, "[-2, -3]"],
    [encode({ dtype: "F32", shape: [1.5, 4], data }), ShapeError, "[1.5, 4]"],
    [encode({ dtype: "F32", shape: [], data }), ShapeError, "got []"],
    [encode({ dtype: "I32", shape: [6], data }), TypeError, "Float32Array"],
    [encode({ dtype: "F16", shape: [6], data }), TypeError, '"F16"'],
    [encode({ dtype: "toString", shape: [6], data }), TypeError, "toString"],
    [encode({ dtype: "F32", shape: [6], data }, half), TypeError, "ud800"],
    [
      encode({ dtype: "F32", shape: [6], data }, "__metadata__"),
      TypeError,
      "__metadata__",
    ],
    [
      () => encodeSafetensors([everyDtype[0], everyDtype[0]]),
      TypeError,
      '"bool"',
    ],
    [
      () => encodeSafetensors([], { epoch: 3n } as never),
      TypeError,
      'metadata "epoch": expected a string of whole characters, got 3',
    ],
    [
      () => encodeSafetensors([], { [half]: "" }),
      TypeError,
      "key of the metadata",
    ],
    [
      () => encodeSafetensors([], { long: "x".repeat(100_000_000) }),
      RangeError,
      "at most 100000000 bytes, got 100000032",
    ],
  ];
  for (const [call, errorClass, part] of cases) {
    const { message } = assertThrows(call, errorClass, part);
    assertEquals(/^safetensors: [^\n]+\. Help: [^\n]+$/.test(message), true);
  }
});

permittedTest(
  "writeSafetensors and readSafetensors round-trip a file",
  async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "model.safetensors");
    await writeSafetensors(path, everyDtype, metadata);
    const contents = await readSafetensors(path);
    assertEquals(withBytes(contents.tensors), withBytes(everyDtype));
    assertEquals(contents.metadata, metadata);

    await assertRejects(
      () =>
        writeSafetensors(path, [["x", {
          dtype: "F32",
          shape: [2],
          data: new Float32Array(1),
        }]]),
      ShapeError,
    );
    assertEquals(
      await Deno.readFile(path),
      encodeSafetensors(everyDtype, metadata),
    );
    await Deno.remove(folder, { recursive: true });
  },
);

permittedTest(
  "readSafetensorsHeader reads the header but not the data",
  async () => {
    const path = await Deno.makeTempFile();
    const size = 2 ** 36; // More than memory holds; the file has a hole there.
    const bytes = safetensorsBytes(
      `{"__metadata__":{"epoch":"3"},` +
        `"x":{"dtype":"BF16","shape":[${
          size / 2
        }],"data_offsets":[0,${size}]}}`,
    );
    await Deno.writeFile(path, bytes);
    await Deno.truncate(path, bytes.length + size);
    assertEquals(await readSafetensorsHeader(path), {
      tensors: new Map<string, SafetensorsTensorInfo>([
        ["x", { dtype: "BF16", shape: [size / 2], dataOffsets: [0, size] }],
      ]),
      metadata: { epoch: "3" },
      dataStart: bytes.length,
    });
    await Deno.remove(path);
  },
);

permittedTest(
  "the readers name a file that is missing or malformed",
  async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, new Uint8Array(7));
    for (const read of [readSafetensors, readSafetensorsHeader]) {
      await assertRejects(() => read(path), FormatError, `${path}: expected`);
      const error = await assertRejects(() => read(`${path}.none`), DataError);
      assertStringIncludes(
        error.message,
        `cannot read ${path}.none: got no such file. Help: `,
      );
    }
    await Deno.remove(path);
  },
);
