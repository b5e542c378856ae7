import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
} from "../../src/formats/safetensors.ts";
import { safetensorsBytes } from "./_safetensors_bytes.ts";

const valid = encodeSafetensors([
  ["weight", {
    dtype: "F32",
    shape: [2, 2],
    data: new Float32Array([1, 2, 3, 4]),
  }],
  ["steps", { dtype: "I64", shape: [], data: new BigInt64Array([7n]) }],
  ["mask", { dtype: "BOOL", shape: [3], data: new Uint8Array([1, 0, 1]) }],
], { format: "pt" });

/** A file of one U8 tensor "x", its fields replaced by `fields`. */
function tensor(fields: string, dataBytes = 4): Uint8Array {
  return safetensorsBytes(`{"x":{${fields}}}`, new Uint8Array(dataBytes));
}

/** A file of U8 tensors "a", "b", … with these data_offsets. */
function layout(offsets: [number, number][], dataBytes: number): Uint8Array {
  const fields = offsets.map(([begin, end], index) =>
    `"${"abc"[index]}":{"dtype":"U8","shape":[${end - begin}],` +
    `"data_offsets":[${begin},${end}]}`
  );
  return safetensorsBytes(`{${fields.join()}}`, new Uint8Array(dataBytes));
}

function withLength(length: bigint): Uint8Array {
  const bytes = valid.slice();
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

const header = (text: string) => safetensorsBytes(text);

/** What is wrong, the file, and what its message must say. */
const malformed: [string, Uint8Array, string][] = [
  ["no bytes", new Uint8Array(), "expected at least 8 bytes, got 0"],
  [
    "a header of 2^60 bytes",
    withLength(2n ** 60n),
    "length of the header: expected at most 235 bytes, in a file of 243, got 1152921504606846976",
  ],
  ["a header of 2^64 - 1 bytes", withLength(2n ** 64n - 1n), "got 18446744073"],
  ["a header longer than the file", withLength(236n), "got 236"],
  [
    "a header above 100 MB",
    safetensorsBytes(new Uint8Array(100_000_001)),
    "expected at most 100000000 bytes, in a file of 100000009, got 100000001",
  ],
  ["an empty header", header(""), 'expected "{" at its start, got ""'],
  ["a header that starts with a space", header(" {}"), 'got " {}"'],
  ["a byte order mark", header("\ufeff{}"), 'expected "{" at its start'],
  ["a header that is an array", header("[]"), 'got "[]"'],
  [
    "a header that is no UTF-8",
    safetensorsBytes(new Uint8Array([0x7b, 0xff, 0x7d])),
    "header: expected UTF-8",
  ],
  ["text after the header", header("{}x"), 'expected the end, got "x"'],
  ["a header that stops", header('{"a"'), 'expected ":", got the end'],
  ["a string that stops", header('{"a'), "expected a string"],
  ["a string that stops in an escape", header('{"a\\'), "expected a string"],
  ["a key that is no string", header("{1:2}"), "expected a string"],
  ["a trailing comma", header('{"a":{},}'), 'expected a string, got "}"'],
  ["a missing comma", header('{"a":[1 2]}'), 'expected "]", got "2]}"'],
  ["a word that is not JSON", header('{"a":NaN}'), "expected a value"],
  ["no value", header('{"a":}'), "expected a value"],
  ["a number that is not JSON", header('{"a":01}'), "expected a value"],
  ["half of a surrogate pair", header('{"\\ud800":{}}'), "whole characters"],
  [
    "a tensor named twice",
    header('{"a":{},"\\u0061":{}}'),
    'character 8: expected every key once, got "a" again',
  ],
  [
    "a field given twice",
    tensor('"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]'),
    'expected every key once, got "shape" again',
  ],
  [
    "metadata given twice",
    header('{"__metadata__":{"a":"b","a":"b"}}'),
    'got "a" again',
  ],
  [
    "metadata that is no object",
    header('{"__metadata__":[]}'),
    "__metadata__: expected an object, got []",
  ],
  [
    "metadata that is no text",
    header('{"__metadata__":{"epoch":3}}'),
    '__metadata__: value of "epoch": expected text, got 3',
  ],
  [
    "a tensor that is no object",
    header('{"x":null}'),
    'tensor "x": expected an object, got null',
  ],
  [
    "a long name with line breaks",
    header(`{"${"\\n".repeat(999)}":0}`),
    "expected an object, got 0",
  ],
  [
    "an unknown dtype",
    tensor('"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]'),
    'dtype of tensor "x": expected one of F64, F32, F16, BF16, I64, I32, I16,' +
    ' I8, U64, U32, U16, U8, BOOL, got "F8_E4M3". Help: Convert',
  ],
  [
    "a dtype that every object has",
    tensor('"dtype":"__proto__","shape":[4],"data_offsets":[0,4]'),
    'got "__proto__"',
  ],
  ["no dtype", tensor('"shape":[4],"data_offsets":[0,4]'), "got nothing"],
  [
    "no shape",
    tensor('"dtype":"U8","data_offsets":[0,4]'),
    'shape of tensor "x": expected an array of integers',
  ],
  [
    "a negative size",
    tensor('"dtype":"U8","shape":[-2,-2],"data_offsets":[0,4]'),
    "got [-2, -2]",
  ],
  [
    "a size that is no integer",
    tensor('"dtype":"U8","shape":[0.5,8],"data_offsets":[0,4]'),
    "got [0.5, 8]",
  ],
  [
    "a size that is text",
    tensor('"dtype":"U8","shape":["4"],"data_offsets":[0,4]'),
    'got ["4"]',
  ],
  [
    "a size beyond 2^53",
    tensor('"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,4]'),
    'shape of tensor "x": expected an array of integers from 0 to 2^53 - 1',
  ],
  [
    "sizes whose product overflows",
    tensor(
      '"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]',
    ),
    "expected a size below 2^53 bytes for U8 [4294967296, 4294967296]",
  ],
  [
    "a product that overflows before it becomes 0",
    tensor(
      '"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]',
      0,
    ),
    "expected a size below 2^53 bytes",
  ],
  [
    "a shape that is smaller than its bytes",
    tensor('"dtype":"U8","shape":[3],"data_offsets":[0,4]'),
    'data_offsets of tensor "x": expected 3 bytes for U8 [3], got 4 bytes, [0, 4]',
  ],
  [
    "a scalar of the wrong size",
    tensor('"dtype":"I64","shape":[],"data_offsets":[0,4]'),
    "expected 8 bytes for I64 [], got 4 bytes",
  ],
  [
    "no data_offsets",
    tensor('"dtype":"U8","shape":[4]'),
    'data_offsets of tensor "x": expected [begin, end]',
  ],
  [
    "three data_offsets",
    tensor('"dtype":"U8","shape":[4],"data_offsets":[0,4,4]'),
    "got [0, 4, 4]",
  ],
  [
    "negative data_offsets",
    tensor('"dtype":"U8","shape":[4],"data_offsets":[-4,0]'),
    "got [-4, 0]",
  ],
  [
    "reversed data_offsets",
    tensor('"dtype":"U8","shape":[4],"data_offsets":[4,0]'),
    "got [4, 0]",
  ],
  [
    "data_offsets that are no integers",
    tensor('"dtype":"U8","shape":[4],"data_offsets":[0.5,4.5]'),
    "got [0.5, 4.5]",
  ],
  [
    "data_offsets beyond every file",
    tensor('"dtype":"U8","shape":[4],"data_offsets":[1e300,1e301]'),
    "got [1e+300, 1e+301]",
  ],
  [
    "data_offsets out of range",
    layout([[0, 4]], 3),
    'data after the header: expected 4 bytes, where tensor "a" ends, got 3, a file cut short',
  ],
  [
    "bytes after the last tensor",
    layout([[0, 4]], 5),
    'expected 4 bytes, where tensor "a" ends, got 5, too many',
  ],
  [
    "bytes but no tensor",
    layout([], 1),
    "expected 0 bytes, where the data starts, got 1",
  ],
  [
    "overlapping tensors",
    layout([[0, 4], [3, 6]], 6),
    'data_offsets of tensor "b": expected a begin of 4, where tensor "a" ends, got [3, 6], an overlap',
  ],
  [
    "two tensors at one place",
    layout([[0, 4], [0, 4]], 4),
    "got [0, 4], an overlap",
  ],
  [
    "an empty tensor inside another",
    layout([[0, 4], [2, 2]], 4),
    "got [2, 2], an overlap",
  ],
  [
    "a hole between tensors",
    layout([[4, 6], [0, 3]], 6),
    'data_offsets of tensor "a": expected a begin of 3, where tensor "b" ends, got [4, 6], a hole',
  ],
  [
    "a hole before the first tensor",
    layout([[1, 4]], 4),
    "expected a begin of 0, where the data starts, got [1, 4], a hole",
  ],
  [
    "arrays nested a million deep",
    header(`{"x":${"[".repeat(1e6)}${"]".repeat(1e6)}}`),
    "expected at most 128 levels",
  ],
  [
    "objects nested a million deep",
    header(`${'{"x":'.repeat(1e6)}0${"}".repeat(1e6)}`),
    "expected at most 128 levels",
  ],
  [
    "a number of a million digits",
    tensor(`"dtype":"U8","shape":[${"9".repeat(1e6)}],"data_offsets":[0,4]`),
    "got [Infinity]",
  ],
  [
    "a dtype of a million characters",
    tensor(`"dtype":"${"x".repeat(1e6)}","shape":[4],"data_offsets":[0,4]`),
    `got "${"x".repeat(59)}…`,
  ],
];

for (const [problem, bytes, part] of malformed) {
  Deno.test(`decodeSafetensors refuses ${problem}`, () => {
    const { message } = assertThrows(
      () => decodeSafetensors(bytes, "model.safetensors"),
      FormatError,
      part,
    );
    assertMatch(message, /^model\.safetensors: [^\n]{1,400}\. Help: [^\n]+$/);
  });
}

Deno.test("decodeSafetensors refuses a file cut short at any length", () => {
  for (let length = 0; length < valid.length; length++) {
    assertThrows(
      () => decodeSafetensors(valid.subarray(0, length)),
      FormatError,
    );
  }
  assertEquals(decodeSafetensors(valid).tensors.size, 3);
});
