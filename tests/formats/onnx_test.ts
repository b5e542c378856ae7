import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import {
  BatchNorm2d,
  Conv2d,
  ConvolutionalNeuralNetwork,
  exportOnnx,
  Flatten,
  Linear,
  Sequential,
} from "../../mod.ts";
import { FormatError } from "../../src/base/errors.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { loadProtobuf } from "../../src/formats/protobuf.ts";
import { decodeWeights, readWeights } from "../../src/formats/weights.ts";
import { networkOf } from "../../src/models/mod.ts";
import { run, writeDigits } from "../cli/_program.ts";
import { isPermitted, needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { goldenPath } from "./_golden_file.ts";
import { mutate, randomIntegers } from "./_mutate.ts";

needs(import.meta.url, "env", "net", "read", "run", "sys", "write");

const path = goldenPath("pytorch_network.onnx");
const golden = isPermitted("read")
  ? await Deno.readFile(path)
  : new Uint8Array();

for (const name of ["network", "sequential"]) {
  Deno.test(`PyTorch's .onnx has the weights of its .pth: ${name}`, async () => {
    const { format, tensors } = await readWeights(
      goldenPath(`pytorch_${name}.onnx`),
    );
    assertEquals(format, "onnx");
    const { tensors: expected } = await readWeights(
      goldenPath(`pytorch_${name}.pth`),
    );
    const counted = /num_batches_tracked/;
    const names = [...expected.keys()].filter((name) => !counted.test(name));
    assertEquals([...tensors.keys()].toSorted(), names.toSorted());
    for (const name of names) {
      assertEquals(tensors.get(name), expected.get(name));
    }
  });
}

Deno.test("a Sequential's weights are read again from ONNX", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new Sequential(
    new Conv2d(1, 2, 3),
    new Sequential(new BatchNorm2d(2), new Flatten(), new Linear(18, 3)),
  ).to(device, { seed: 1 });
  const options = { inputShape: [1, 5, 5] };
  const { tensors } = await decodeWeights(await exportOnnx(model, options));
  assertEquals(
    String(model.loadStateDict(tensors)),
    "<All keys matched successfully>",
  );
  assertEquals(tensors.get("1.2.weight")?.shape, [3, 18]);
});

Deno.test("what writeOnnx writes is read again, with its metadata", async () => {
  using device = CpuDevice.open({ threads: 1 });
  for (const widths of [[3], [24, 48, 96]]) {
    const model = new ConvolutionalNeuralNetwork(4, { widths }).to(device);
    const metadata = { class_names: '["a"]', __proto__x: "ü", empty: "" };
    const options = { inputShape: [1, 28, 28], metadata };
    const read = await decodeWeights(await exportOnnx(model, options));
    assertEquals(read.metadata, metadata);
    const expected = await model.stateDict();
    for (const [name, tensor] of read.tensors) {
      assertEquals(tensor, expected.get(name));
    }
    const report = model.loadStateDict(read.tensors);
    assertEquals(String(report), "<All keys matched successfully>");
    assertEquals(
      networkOf(read.tensors).name,
      widths.length === 3 ? "wider-cnn" : "cnn",
    );
  }
});

/** A message of the fields that are given: text, bytes or whole numbers. */
async function message(
  ...fields: [number, number | string | Uint8Array][]
): Promise<Uint8Array<ArrayBuffer>> {
  const { Writer } = await loadProtobuf();
  const writer = Writer.create();
  for (const [field, value] of fields) {
    if (typeof value === "number") writer.uint32(field << 3).int64(value);
    else if (typeof value === "string") {
      writer.uint32(field << 3 | 2).string(value);
    } else writer.uint32(field << 3 | 2).bytes(value);
  }
  return new Uint8Array(writer.finish());
}

/** A file whose network has these parts. */
async function file(...parts: [number, Uint8Array][]) {
  const graph = await message(...parts);
  return await message([1, 7], [2, "a test"], [7, graph]);
}

const four = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

Deno.test("packed sizes and elements are read as those one by one", async () => {
  const plain = await message([1, 2], [1, 2], [2, 1], [8, "a.b"], [9, four]);
  const sizes = Uint8Array.of(2, 2);
  const packed = await message([1, sizes], [2, 1], [4, four], [8, "c"]);
  const shape = await message([1, 1], [2, 7], [8, "shape"], [
    9,
    new Uint8Array(8),
  ]);
  const { tensors } = await decodeWeights(
    await file([5, plain], [5, packed], [5, shape]),
  );
  const expected = { dtype: "F32", shape: [2, 2] } as const;
  const data = Float32Array.of(1, 2, 3, 4);
  assertEquals([...tensors], [
    ["a.b", { ...expected, data }],
    ["c", { ...expected, data }],
  ]);
});

Deno.test("what is no network of layers is refused in one line", async () => {
  const tensor = async (...fields: [number, number | string | Uint8Array][]) =>
    await file([5, await message(...fields)]);
  const node = async (operation: string, ...more: [number, Uint8Array][]) =>
    await file([1, await message([4, operation], ...more)]);
  const transB = await message([1, "transB"], [3, 0]);
  const one = await message([8, "x"], [2, 1], [1, 0]);
  // Nodes without anything.
  const many = new Uint8Array(2 * (2 ** 16 + 1));
  for (let at = 0; at < many.length; at += 2) many[at] = 1 << 3 | 2;
  const elements = /as many elements as \[.*\] has, got 4\./;
  const refused: [Promise<Uint8Array>, RegExp][] = [
    [tensor([1, 5], [2, 1], [8, "w"], [9, four]), elements],
    [tensor([1, -4], [1, -1], [2, 1], [8, "w"], [9, four]), elements],
    [tensor([1, 2 ** 62], [1, 4], [2, 1], [8, "w"], [9, four]), elements],
    [tensor(...Array(17).fill([1, 1]), [2, 1], [8, "w"]), /as many elements/],
    [
      tensor([1, 4], [2, 8], [8, "w"], [9, four]),
      /numbers, got element type 8/,
    ],
    [
      tensor([1, 4], [2, 1], [8, "w"], [14, 1]),
      /in this file, got a file besi/,
    ],
    [
      tensor([1, 4], [2, 1], [8, "onnx::Conv_37"], [9, four]),
      /onnx::Conv_37.*PRESERVE/,
    ],
    [
      tensor([1, 4], [2, 1], [8, "37"], [9, four]),
      /layer1\.0\.weight, got "37"/,
    ],
    [file([5, one], [5, one]), /got "x" twice/],
    [node("LSTM"), /expected Abs, Add, .*, got "LSTM"/],
    [node("Gemm", [5, transB]), /Gemm with transB = 1, got a transposed/],
    [node("Gemm"), /Gemm with transB = 1/],
    [
      message([1, 7], [2, "a test"], [7, many]),
      /at most 65536 parts of a kind/,
    ],
    [message([1, 7], [2, "a test"]), /expected one network, got 0/],
    [
      Promise.resolve(Uint8Array.of(8, 7, 0x12, 0xff, 0xff, 0xff, 0xff, 7, 0)),
      /expected an ONNX file, got index out of range/,
    ],
    [
      Promise.resolve(
        Uint8Array.of(8, 7, 0x12, 0, 0x13, 0x13, 0x13, 0x13, 0x13),
      ),
      /fields of ONNX, got a field of type 3/,
    ],
  ];
  for (const [bytes, message] of refused) {
    const error = await assertRejects(
      async () => await decodeWeights(await bytes),
      FormatError,
    );
    assertMatch(error.message, message);
    assertMatch(error.message, /^weights[^\n]* Help: [^\n]*\.$/);
  }
});

Deno.test("every .onnx cut short is refused", async () => {
  for (let length = 0; length < golden.length; length += 991) {
    await assertRejects(
      () => decodeWeights(golden.subarray(0, length)),
      FormatError,
    );
  }
});

Deno.test("mutated .onnx files are refused or read", async () => {
  // Of a small one, so that most changes are in the messages.
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork(2, { widths: [1] }).to(device);
  const inputShape = [1, 28, 28];
  const bytes = await exportOnnx(model, { inputShape });
  const valid = new Uint8Array(bytes);
  const random = randomIntegers(0x0a1);
  let refused = 0;
  for (let round = 0; round < 500; round++) {
    const mutant = mutate(valid, random, "\x08\x12\x1a\x22\x2a\x3a\x7f\x00");
    try {
      await decodeWeights(mutant);
    } catch (error) {
      assert(error instanceof FormatError, String(error));
      refused++;
    }
  }
  assert(refused > 150, `${refused} of 500 were refused`);
});

Deno.test("the commands take .onnx as any other weights", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const options = ["--data", folder.path, "--device", "cpu", "--json"];
  const loss = async (model: string) => {
    const { code, stderr, stdout } = await run(
      ...["evaluate", "--model", model, ...options],
    );
    assertEquals([code, stderr], [0, ""]);
    return JSON.parse(stdout).loss;
  };
  const expected = await loss(goldenPath("pytorch_network.pth"));
  assertEquals(await loss(path), expected);
  const back = join(folder.path, "back.safetensors");
  const converted = await run("convert", path, back);
  assertMatch(converted.stdout, /back\.safetensors: 14 tensors of .* \(onnx\)/);
  assertEquals(await loss(back), expected);
  const own = join(folder.path, "own.onnx");
  assertEquals((await run("convert", path, own)).code, 0);
  assertEquals(await loss(own), expected);
  const inspected = await run("inspect", path);
  assertMatch(inspected.stdout, /^onnx: 14 tensors, 29,130 elements\nkey /);
});
