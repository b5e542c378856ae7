/** Files of weights and arrays that are refused, each for one reason. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DataError, FormatError } from "../../src/base/errors.ts";
import { joinBytes } from "../../src/base/join_bytes.ts";
import { parseNpyHeader } from "../../src/formats/_npy.ts";
import {
  parsePickleAt,
  PickleOpaque,
  type PickleRules,
} from "../../src/formats/_pickle.ts";
import { PickleWriter } from "../../src/formats/_pickle_writer.ts";
import { parseTorchPickle } from "../../src/formats/_pytorch_pickle.ts";
import { decodeWeights, encodePyTorch } from "../../src/formats/mod.ts";
import { openWeights } from "../../src/formats/weights.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("env", "read");

const golden = (name: string) =>
  fromFileUrl(new URL(`../golden/${name}`, import.meta.url));

permittedTest("a name that no tensor of a file has is refused", async () => {
  for (
    const name of [
      "safetensors_golden.safetensors",
      "npz_plain.npz",
      "pytorch_network.pth",
      "pytorch_legacy.pth",
      "pytorch_network.onnx",
    ]
  ) {
    using file = await openWeights(golden(name));
    await assertRejects(
      () => file.read("absent"),
      RangeError,
      `${name}: tensor "absent": expected a name of the file, got another one. ` +
        "Help: See the names in `tensors.keys()`.",
    );
  }
});

permittedTest("a folder is no file of weights", async () => {
  await assertRejects(
    () => openWeights(golden("")),
    DataError,
    "got a folder. Help: Give a file that is there and that you may read.",
  );
});

Deno.test("tensors that PyTorch does not have are not written", async () => {
  const one = { dtype: "U8", shape: [1], data: new Uint8Array(1) } as const;
  await assertRejects(
    () => encodePyTorch([["a", one], ["a", one]]),
    TypeError,
    'pth: name of a tensor: expected one not used before, got "a". Help: ' +
      "Rename or convert the tensor, or write .safetensors.",
  );
  const words = { dtype: "U16", shape: [1], data: new Uint16Array(1) } as const;
  await assertRejects(
    () => encodePyTorch([["b", words]]),
    TypeError,
    "pth: elements of b: expected F64, F32, I64, I32, I16, I8, U8, BOOL, got " +
      '"U16".',
  );
});

const rules: PickleRules = {
  where: "made.pkl",
  globals: new Map(),
  persistent: () => undefined,
  help: "Do without.",
};

const [one, two] = [[0x4b, 1], [0x4b, 2]]; // BININT1
const [list, dict, set, mark] = [0x5d, 0x7d, 0x8f, 0x28];

/** Pickles, and what is wrong with them. */
const pickles: [codes: number[], message: string][] = [
  [[], "expected a value, got an empty stack"],
  [[0x80, 9], "expected pickle protocol 2 to 5, got 9"],
  [[0xff], "expected an opcode of plain values, got 0xff"],
  [[...one, 0x93], "expected a string, got 1"], // STACK_GLOBAL
  [[0x63, 0x61, 0x0a, 0x62, 0x0a], 'got "a.b". Help: Do without.'], // GLOBAL
  [[0x74], "expected a mark, got none"], // TUPLE
  [[0x68, 7], "expected a value kept before, got number 7, never kept"],
  [[...one, ...two, 0x61], "expected a list, got 1"], // APPEND
  [[list, ...one, ...two, 0x73], "expected a dict, got a list"], // SETITEM
  [[dict, mark, ...one, 0x75], "expected keys with values, got a rest"],
  [[0x8a, 65], "expected a number, got 65 bytes"], // LONG1
  [[...one, dict, 0x62], "expected attributes of a dict, got 1"], // BUILD
  [[dict, list, mark, 0x90], "expected a set, got a list"], // ADDITEMS
  [[dict, list, 0x52], "expected a function and arguments, got a dict"],
  [[set, 0x51], "expected the id of a storage, got a set"], // BINPERSID
];

for (const [codes, message] of pickles) {
  Deno.test(`a pickle is refused: ${message}`, () => {
    const bytes = Uint8Array.of(...codes, 0x2e);
    const error = assertThrows(
      () => parsePickleAt(bytes, 0, rules),
      FormatError,
    );
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.message, "made.pkl");
  });
}

Deno.test("sets and big numbers of a pickle are read", () => {
  const sets = [[set, mark, ...one, 0x90], [mark, ...one, 0x91]];
  for (const codes of sets) {
    const bytes = Uint8Array.of(...codes, 0x2e);
    const { end, value } = parsePickleAt(bytes, 0, rules);
    assert(value instanceof PickleOpaque);
    assertEquals([value.kind, end], ["a set", bytes.length]);
  }
  for (const number of [0, 2 ** 31 - 1, 2 ** 31, 2 ** 40 + 3, 2 ** 53 - 1]) {
    const writer = new PickleWriter();
    writer.integer(number);
    assertEquals(parsePickleAt(writer.end(), 0, rules).value, number);
  }
});

permittedTest(
  "a legacy file is refused by the part that is wrong",
  async () => {
    const bytes = await Deno.readFile(golden("pytorch_legacy.pth"));
    const magic = parsePickleAt(bytes, 0, rules).end;
    const version = parsePickleAt(bytes, magic, rules).end;
    const system = parsePickleAt(bytes, version, rules).end;
    const state = parseTorchPickle(bytes, "made", system).end;
    const keys = parsePickleAt(bytes, state, rules).end;
    const pickle = (...codes: number[]) => [0x80, 2, ...codes, 0x2e];
    const cases: [kept: number, then: number[], message: string][] = [
      [magic, pickle(0x4d, 0xea, 3), "expected protocol 1001, got 1002"],
      [version, pickle(dict), "expected little-endian numbers, got others"],
      [state, pickle(...one), "expected a list of storages, got 1"],
      [
        state,
        pickle(list, 0x8c, 1, 0x78, 0x61),
        'storage "x": expected one that a tensor names, got another',
      ],
      [keys, [1, 0], "expected its elements, got the end"],
    ];
    for (const [kept, then, message] of cases) {
      const made = joinBytes([bytes.subarray(0, kept), Uint8Array.from(then)]);
      const error = await assertRejects(() => decodeWeights(made), FormatError);
      assertStringIncludes(error.message, message);
    }
  },
);

/** A file of NumPy's: version, header, and so many bytes of elements. */
function npy(header: string, elements: number, version = 1) {
  const text = new TextEncoder().encode(header);
  const length = version === 1
    ? [text.length & 255, text.length >> 8]
    : [text.length & 255, text.length >> 8, 0, 0];
  const magic = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0];
  const bytes = Uint8Array.of(...magic, ...length, ...text);
  return parseNpyHeader(bytes, bytes.length + elements, "x.npy");
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;

Deno.test("an array's header says its order, shape and type", () => {
  const ofFortran = npy(header("<f4", "2, 3", "True"), 24);
  assert(typeof ofFortran === "object");
  assertEquals(ofFortran.strides, [1, 2]);
  const ofPython2 = npy(header(">i2", "2L, 3L"), 12, 2);
  assert(typeof ofPython2 === "object");
  const { dtype, isBigEndian, shape, strides } = ofPython2;
  assertEquals([dtype, shape, strides], ["I16", [2, 3], [3, 1]]);
  assertEquals(isBigEndian, true);
  assertEquals(npy(header("<U3", "2,"), 24), "<U3");
});

Deno.test("an array is refused by what is wrong with its header", () => {
  const parts = "expected descr, fortran_order and shape, got ";
  const cases: [() => unknown, string][] = [
    [() => npy(header("<f4", "1,"), 4, 4), "expected an array of NumPy"],
    [() => npy("a text", 4), parts],
    [() => npy("{'descr': '<f4', 'descr': '<f4'}", 4), parts],
    [() => npy("{'descr': '<f4' 'shape': (1,)}", 4), parts],
    [() => npy("{'descr': '<f4', 'fortran_order': False}", 4), parts],
    [() => npy(header("<f4", "1,".repeat(65)), 4), parts],
    [() => npy(header("<f4", "1,,2"), 4), parts],
    [
      () => npy(header("<f16", "1,"), 16),
      "descr: expected one of <f8, <f4, <f2, <i8, <i4, <i2, |i1, <u8, <u4, <u2, " +
      '|u1, |b1, got "<f16". Help: Convert the array',
    ],
    [() => npy(header("<f4", "2, 3"), 20), "24 bytes of elements, got 20"],
  ];
  for (const [run, message] of cases) {
    const error = assertThrows(run, FormatError);
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.message, "x.npy");
  }
});
