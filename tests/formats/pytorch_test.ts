import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { FormatError, StateDictError } from "../../src/base/errors.ts";
import { stateDictWithin } from "../../src/formats/state_dict_within.ts";
import {
  decodeWeights,
  openWeights,
  readWeights,
} from "../../src/formats/weights.ts";
import { pickleTensor } from "../../src/formats/_pickle_tensor.ts";
import { PickleWriter } from "../../src/formats/_pickle_writer.ts";
import { writeZip } from "../../src/formats/_zip.ts";
import { ConvolutionalNeuralNetwork } from "../../src/models/convolutional_neural_network.ts";
import { Scope } from "../../src/core/scope.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { goldenPath } from "./_golden_file.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read", "write");

const tensors = isPermitted("read")
  ? (await readWeights(goldenPath("pytorch_network.pth"))).tensors
  : new Map();
const golden = await Golden.read("pytorch_network");

deviceTest("the notebook's .pth has PyTorch's logits", async (device) => {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  assertEquals(
    String(model.loadStateDict(tensors)),
    "<All keys matched successfully>",
  );
  using _scope = new Scope();
  const { shape } = golden.tensor("images");
  const pixels = Float32Array.from(golden.numbers("images"), (x) => x / 255);
  const images = Tensor.from(device, pixels, shape);
  const logits = await model.eval().forward(images).data();
  // Worst measured: 4.3e-6 on the CPU, 3.8e-6 on lavapipe.
  const tolerance = { atol: 1e-5, rtol: 0 };
  assertClose(logits, golden.numbers("logits"), tolerance, "logits");
});

Deno.test("every element type and stride has PyTorch's values", async () => {
  const json = await Deno.readTextFile(goldenPath("pytorch_views.json"));
  const expected: Record<string, { shape: number[]; values: string[] }> = JSON
    .parse(json);
  const { tensors } = await readWeights(goldenPath("pytorch_views.pth"));
  assertEquals([...tensors.keys()], Object.keys(expected));
  for (const [name, { shape, dtype, data }] of tensors) {
    assertEquals(shape, expected[name].shape, name);
    const values = Array.from(data as Iterable<number | bigint>, (value) => {
      if (dtype === "BOOL") return value === 1 ? "True" : "False";
      return dtype.startsWith("F") ? Number(value) : String(value);
    });
    const wanted = expected[name].values.map((text) =>
      dtype.startsWith("F") ? pythonNumber(text) : text
    );
    assertEquals(values, wanted, name);
  }
  assertEquals(tensors.get("f16")!.dtype, "F32");
  assertEquals(tensors.get("f64")!.dtype, "F64");
});

function pythonNumber(text: string): number {
  return text === "inf" ? Infinity : text === "nan" ? NaN : Number(text);
}

Deno.test("a checkpoint becomes tensors and metadata, by path", async () => {
  const path = goldenPath("pytorch_checkpoint.pth");
  const { format, metadata, tensors } = await readWeights(path);
  assertEquals(format, "pytorch");
  const weight = tensors.get("model.weight")!;
  assertEquals(weight, {
    dtype: "F32",
    shape: [1, 2],
    data: new Float32Array([1, 2]),
  });
  assertEquals(tensors.get("optimizer.state.0.exp_avg")!.shape, [1, 2]);
  const plain = Object.fromEntries(
    Object.entries(metadata).filter(([key]) => !key.startsWith("optimizer")),
  );
  assertEquals(plain, {
    epoch: "3",
    loss: "0.25",
    note: "with ü",
    best: "null",
    done: "true",
    large: String(2n ** 70n),
    "shape.0": "2",
    "shape.1": "1",
  });
  assertEquals(metadata["optimizer.param_groups.0.lr"], "0.01");
});

const refused: [file: string, message: RegExp][] = [
  [
    "pytorch_evil",
    /data\.pkl, byte \d+: expected only tensors, OrderedDict and plain values, got "(__builtin__|builtins)\.eval"\. Help: Nothing was executed\./,
  ],
  ["pytorch_module", /got "torch\.nn\.modules\.linear\.Linear"/],
  ["pytorch_names", /expected names of at most 1000 characters/],
  ["pytorch_shared", /expected at most \d+ bytes of tensors, got 2000000000/],
];
for (const [file, message] of refused) {
  Deno.test(`${file}.pth is refused`, async () => {
    const error = await assertRejects(
      () => readWeights(goldenPath(`${file}.pth`)),
      FormatError,
    );
    assertMatch(error.message, message);
  });
}

Deno.test("a file from before PyTorch 1.6 has the same tensors", async () => {
  const legacy = await readWeights(goldenPath("pytorch_legacy.pth"));
  const { tensors } = await readWeights(goldenPath("pytorch_views.pth"));
  assertEquals(legacy.tensors, tensors);
  assertEquals(legacy.metadata, { complex: "a tensor of another type" });
});

Deno.test("a file from before PyTorch 1.6 is refused where it is cut short", async () => {
  const bytes = await Deno.readFile(goldenPath("pytorch_legacy.pth"));
  for (let length = 0; length < bytes.length; length += 5) {
    await assertRejects(
      () => decodeWeights(bytes.subarray(0, length)),
      FormatError,
    );
  }
});

Deno.test("values beside weights are left where they are", async () => {
  const { metadata, tensors } = await readWeights(
    goldenPath("pytorch_beside.pth"),
  );
  const f32 = (shape: number[], values: number[]) => ({
    dtype: "F32" as const,
    shape,
    data: new Float32Array(values),
  });
  assertEquals(
    tensors,
    new Map([
      ["state.bias", f32([2], [1.5, -2])],
      ["expanded", f32([4], [2.5, 2.5, 2.5, 2.5])],
    ]),
  );
  assertEquals(metadata, {
    dtype: "torch.float32",
    complex: "a tensor of another type",
    sparse: "a sparse tensor",
    "size.0": "1",
    "size.1": "2",
  });
  const set = await readWeights(goldenPath("pytorch_set.pth"));
  assertEquals([...set.tensors.keys()], ["a"]);
  assertEquals(set.metadata, { set: "a set" });
});

Deno.test("of two state dictionaries the key chooses", async () => {
  const { tensors } = await readWeights(goldenPath("pytorch_two.pth"));
  const own = (key?: string) => stateDictWithin(tensors, "bias", key);
  assertEquals(own("model").get("bias"), tensors.get("model.bias"));
  assertEquals([...own("model_ema").keys()], ["weight", "bias"]);
  const { message } = assertThrows(() => own(), StateDictError);
  assertMatch(
    message,
    /expected one, got model, model_ema\. Help: .*`key: "NAME"`/,
  );
  assertThrows(() => own("ema"), StateDictError, "one that is called ema");
});

Deno.test("opening reads no tensor, and a tensor only its own storage", async () => {
  const bytes = await Deno.readFile(goldenPath("pytorch_network.pth"));
  const { tensors } = await decodeWeights(bytes);
  const { buffer, byteOffset, byteLength } = tensors.get("fc.weight")!.data;
  const at = positionOf(bytes, new Uint8Array(buffer, byteOffset, byteLength));
  bytes[at] ^= 1;
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    using weights = await openWeights(path);
    assertEquals(await weights.read("fc.bias"), tensors.get("fc.bias"));
    const error = await assertRejects(
      () => weights.read("fc.weight"),
      FormatError,
    );
    assertMatch(error.message, /data\/\d+: expected a zip archive/);
  } finally {
    await Deno.remove(path);
  }
});

function positionOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at <= bytes.length - part.length; at++) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  throw new Error("the part is not there");
}

Deno.test("an OrderedDict made of a list of pairs has them", async () => {
  const pickle = new PickleWriter();
  pickle.call("collections", "OrderedDict", () => {
    pickle.tuple(() =>
      pickle.tuple(() => {
        pickle.text("weight");
        pickleTensor(pickle, {
          storage: "FloatStorage",
          count: 2,
          shape: [2],
          strides: [1],
        });
      })
    );
  });
  const bytes = await writeZip([
    ["a/data.pkl", pickle.end()],
    ["a/data/0", new Uint8Array(new Float32Array([1, 2]).buffer)],
  ]);
  const { tensors } = await decodeWeights(bytes);
  assertEquals([...tensors.keys()], ["weight"]);
  assertEquals(tensors.get("weight")!.data, new Float32Array([1, 2]));
});

Deno.test("whatever torch.load reads with weights_only stands beside", async () => {
  const pickle = new PickleWriter();
  const storage = (name: string, key: string, count: number) =>
    pickle.persistent(() => {
      pickle.text("storage");
      pickle.global(name.includes("Untyped") ? "torch.storage" : "torch", name);
      pickle.text(key);
      pickle.text("cpu");
      pickle.integer(count);
    });
  const sizes = (...all: number[]) =>
    pickle.tuple(() => all.forEach((size) => pickle.integer(size)));
  pickle.call("collections", "OrderedDict", () => {});
  pickle.items(() => {
    pickle.text("weight");
    pickle.call("torch._utils", "_rebuild_parameter_with_state", () => {
      pickle.call("torch._utils", "_rebuild_tensor_v2", () => {
        storage("FloatStorage", "0", 2);
        pickle.integer(0);
        sizes(2);
        sizes(1);
        pickle.false();
        pickle.call("collections", "OrderedDict", () => {});
      });
      pickle.false();
      pickle.call("collections", "OrderedDict", () => {});
      pickle.call("collections", "OrderedDict", () => {});
    });
    pickle.text("float8");
    pickle.call("torch._utils", "_rebuild_tensor_v3", () => {
      storage("UntypedStorage", "1", 4);
      pickle.integer(0);
      sizes(4);
      sizes(1);
      pickle.false();
      pickle.call("collections", "OrderedDict", () => {});
      pickle.global("torch", "float8_e4m3fn");
    });
    pickle.text("scheme");
    pickle.global("torch", "per_channel_affine_float_qparams");
    pickle.text("type");
    pickle.global("torch.cuda", "HalfTensor");
  });
  const bytes = await writeZip([
    ["a/data.pkl", pickle.end()],
    ["a/data/0", new Uint8Array(new Float32Array([1, 2]).buffer)],
    ["a/data/1", new Uint8Array(4)],
  ]);
  const { metadata, tensors } = await decodeWeights(bytes);
  assertEquals([...tensors.keys()], ["weight"]);
  assertEquals(tensors.get("weight")!.data, new Float32Array([1, 2]));
  assertEquals(metadata, {
    float8: "a tensor of another type",
    scheme: "torch.per_channel_affine_float_qparams",
    type: "torch.cuda.HalfTensor",
  });
});

Deno.test("a file from before 1.6 may have any protocol of pickle", async () => {
  const bytes = await Deno.readFile(goldenPath("pytorch_legacy.pth"));
  const { tensors } = await decodeWeights(bytes);
  const frame = [0x95, 12, 0, 0, 0, 0, 0, 0, 0];
  for (const start of [[0x80, 3], [0x80, 4, ...frame], [0x80, 5, ...frame]]) {
    const other = Uint8Array.from([...start, ...bytes.subarray(2)]);
    assertEquals((await decodeWeights(other)).tensors, tensors);
  }
});

/** The bytes with each text as Python 2 pickles it, its length in one byte. */
function withTextOfPython2(bytes: Uint8Array): Uint8Array {
  const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const changed = latin.replace(
    /X([^])([^]{3})([\w. ]+)/g,
    (all, length: string, zeros: string, content: string) =>
      zeros === "\0\0\0" && content.length >= length.charCodeAt(0)
        ? `U${length}${content}`
        : all,
  );
  return Uint8Array.from(changed, (character) => character.charCodeAt(0));
}

Deno.test("a file that PyTorch wrote under Python 2 is read", async () => {
  const bytes = await Deno.readFile(goldenPath("pytorch_legacy.pth"));
  const older = withTextOfPython2(bytes);
  assert(bytes.length - older.length > 3 * 20, "nothing was changed");
  const { tensors } = await decodeWeights(bytes);
  assertEquals((await decodeWeights(older)).tensors, tensors);
});

Deno.test("bytes beside weights are left where they are", async () => {
  const codes = [
    "B\x02\0\0\0ab",
    "C\x02ab",
    "\x8e\x02\0\0\0\0\0\0\0ab",
    "\x96\x02\0\0\0\0\0\0\0ab",
  ];
  for (const code of codes) {
    const pickle = Uint8Array.from(
      `\x80\x05}X\x01\0\0\0b${code}s.`,
      (character) => character.charCodeAt(0),
    );
    const archive = await writeZip([["a/data.pkl", pickle]]);
    const { metadata } = await decodeWeights(archive);
    assertEquals(metadata, { b: "bytes" });
  }
});

const text = (content: string) => new TextEncoder().encode(content);

Deno.test("other archives and byte orders are refused", async () => {
  const archives: [files: [string, Uint8Array][], message: RegExp][] = [
    [
      [["readme.txt", text("x")]],
      /expected an archive of torch\.save or NumPy/,
    ],
    [[["a/data.pkl", text("}.")], ["a/byteorder", text("big")]], /little/],
    [[["a/data.pkl", text("].")]], /expected a dict of tensors, got a list/],
  ];
  for (const [files, message] of archives) {
    const bytes = await writeZip(files);
    const error = await assertRejects(() => decodeWeights(bytes), FormatError);
    assertMatch(error.message, message);
  }
});

Deno.test("a list that holds itself is refused", async () => {
  // {"a": l} where l is [l].
  const pickle = text("}X\x01\x00\x00\x00a]q\x00h\x00as.");
  const bytes = await writeZip([["a/data.pkl", pickle]]);
  const error = await assertRejects(() => decodeWeights(bytes), FormatError);
  assertMatch(error.message, /32 levels deep/);
});

const beyond = {
  "by its offset": { offset: 3, shape: [2, 2], strides: [2, 1], end: 7 },
  "by its shape": { offset: 0, shape: [3, 2], strides: [2, 1], end: 6 },
  "by its strides": { offset: 0, shape: [2, 2], strides: [4, 1], end: 6 },
};

for (const [how, { end, offset, shape, strides }] of Object.entries(beyond)) {
  Deno.test(`a tensor that leaves its storage is refused: ${how}`, async () => {
    const pickle = new PickleWriter();
    pickle.call("collections", "OrderedDict", () => {});
    pickle.items(() => {
      pickle.text("weight");
      pickleTensor(pickle, {
        storage: "FloatStorage",
        count: 5,
        offset,
        shape,
        strides,
      });
    });
    const bytes = await writeZip([
      ["a/data.pkl", pickle.end()],
      ["a/data/0", new Uint8Array(20)],
    ]);
    await assertRejects(
      () => decodeWeights(bytes),
      FormatError,
      `expected an end within 5, got ${end}`,
    );
  });
}
