/** Tensors that are made of values: from the host, by a rule, or drawn. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { setDefaultDevice } from "../../src/core/default_device.ts";
import type { HostValues } from "../../src/core/host_values.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import { type AnyTensor, Tensor } from "../../src/core/tensor.ts";
import { add } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { isPermitted } from "../permissions.ts";

interface Case {
  readonly function: "zeros";
  readonly arguments: readonly unknown[];
  readonly options: object;
  readonly shape: readonly number[];
  readonly values: string;
}

const file = new URL("../golden/creation.json", import.meta.url);
const cases: readonly Case[] = isPermitted("read")
  ? JSON.parse(await Deno.readTextFile(file))
  : [];

for (const one of cases) {
  const { function: name, options, shape, values } = one;
  const given = JSON.stringify(one.arguments).slice(1, -1);
  deviceTest(`Tensor.${name}(${given}) is PyTorch's`, async (device) => {
    const create = Tensor[name] as (...args: unknown[]) => Tensor;
    using made = create(device, ...one.arguments, options);
    assertEquals(made.shape, shape);
    assertEquals(made.device, device);
    const expected = Float32Array.from(values.split(" "), Number);
    assertEquals(await made.data(), expected);
    try {
      setDefaultDevice(device);
      using other = create(...one.arguments, options);
      assertEquals(other.device, device);
      assertEquals(await other.data(), expected);
    } finally {
      setDefaultDevice(null);
    }
  }, ["read"]);
}

deviceTest("nested arrays have a shape of their own", async (device) => {
  using matrix = Tensor.from(device, [[1, 2, 3], [4, 5, 6]]);
  assertEquals(matrix.shape, [2, 3]);
  assertEquals(await matrix.data(), Float32Array.of(1, 2, 3, 4, 5, 6));
  using deep = Tensor.from(device, [[[1], [2]], [[3], [4]], [[5], [6]]]);
  assertEquals(deep.shape, [3, 2, 1]);
  using number = Tensor.from(device, 7.5);
  assertEquals(number.shape, []);
  assertEquals(await number.item(), 7.5);
  using typed = Tensor.from(device, Int16Array.of(1, -2));
  assertEquals([typed.shape, typed.dtype as string], [[2], "i32"]);
  using parameter = Tensor.from(device, [[1]], { requiresGrad: true });
  assertEquals(parameter.requiresGrad, true);
  using labels: Tensor<readonly number[], "i32"> = Tensor.from(
    device,
    [[3, -1]],
    { dtype: "i32" },
  );
  assertEquals(await labels.data(), Int32Array.of(3, -1));
  using shaped = Tensor.from(device, [1, 255], [2, 1], { dtype: "u8" });
  assertEquals(await shaped.data(), Uint8Array.of(1, 255));
  setDefaultDevice(device);
  try {
    using plain = Tensor.from([[1, 2]]);
    assertEquals([plain.shape, plain.device], [[1, 2], device]);
    using flat = Tensor.from([1, 2], [2, 1], { requiresGrad: true });
    assertEquals([flat.shape, flat.requiresGrad], [[2, 1], true]);
  } finally {
    setDefaultDevice(null);
  }
});

deviceTest("tolist gives nested arrays back", async (device) => {
  const values = [[[1, 2.5], [-3, 0]], [[5, 6], [7, 8]], [[9, 1], [2, 3]]];
  using x = Tensor.from(device, values);
  assertEquals(await x.tolist(), values);
  assertEquals(await x.reshape(-1).tolist(), values.flat(2));
  using labels = Tensor.from(device, Int32Array.of(1, 2), [2, 1]);
  assertEquals(await labels.tolist(), [[1], [2]]);
  using bytes = Tensor.from(device, Uint8Array.of(1, 255), [1, 2]);
  assertEquals(await bytes.tolist(), [[1, 255]]);
  using number = Tensor.from(device, 3);
  assertEquals(await number.tolist(), 3);
});

const typedArrays: readonly [values: HostValues, f32: boolean][] = [
  [Float16Array.of(1.5, -2), true],
  [Float32Array.of(1.5, -2), true],
  [Float64Array.of(1.5, -2), true],
  [Int8Array.of(7, -8), false],
  [Int16Array.of(7, -8), false],
  [Int32Array.of(7, -8), false],
  [Uint8Array.of(7, 200), false],
  [Uint8ClampedArray.of(7, 200), false],
  [Uint16Array.of(7, 65535), false],
  [Uint32Array.of(7, 65536), false],
  [BigInt64Array.of(7n, -8n), false],
  [BigUint64Array.of(7n, 8n), false],
];

for (const [values, isFloat] of typedArrays) {
  const name = values.constructor.name;
  const numbers = Array.from(values as ArrayLike<number>, Number);
  deviceTest(`a ${name} is converted`, async (device) => {
    const isByte = /^Uint8/.test(name);
    const natural = isFloat ? "f32" : isByte ? "u8" : "i32";
    using x: AnyTensor = Tensor.from(device, values, [2]);
    assertEquals(x.dtype, natural);
    assertEquals(await x.tolist(), numbers);
    using whole: AnyTensor = Tensor.from(device, values);
    assertEquals(await whole.tolist(), numbers);
    using floats: AnyTensor = Tensor.from(device, values, { dtype: "f32" });
    assertEquals([floats.dtype, await floats.tolist()], ["f32", numbers]);
    const asIntegers = () => Tensor.from(device, values, { dtype: "i32" });
    if (isFloat) {
      const error = "i32 element: expected a whole number";
      return void assertThrows(asIntegers, RangeError, error);
    }
    using integers: AnyTensor = asIntegers();
    assertEquals([integers.dtype, await integers.tolist()], ["i32", numbers]);
  });
}

deviceTest(
  "a typed array of a buffer's middle is read there",
  async (device) => {
    const all = Float64Array.of(1, 2, 3, 4, 5);
    using x = Tensor.from(device, all.subarray(1, 4), [3]);
    assertEquals(await x.data(), Float32Array.of(2, 3, 4));
    const bytes = Uint8ClampedArray.of(1, 2, 3, 4, 5);
    using y = Tensor.from(device, bytes.subarray(1, 4), [3]);
    assertEquals(await y.data(), Uint8Array.of(2, 3, 4));
  },
);

deviceTest("values that are no numbers are refused", (device) => {
  const from = (values: unknown, ...rest: unknown[]) => () =>
    (Tensor.from as (...args: unknown[]) => Tensor)(device, values, ...rest);
  const table: [() => Tensor, new () => Error, string][] = [
    [
      from([[1, 2], [3]]),
      ShapeError,
      "Tensor.from: values[1]: expected an array of 2, as the first one there " +
      "is, got an array of 1. Help: Arrays of one depth have one length",
    ],
    [from([[1, 2], 3]), ShapeError, "values[1]: expected an array of 2"],
    [from([1, [2]]), ShapeError, "values[1]: expected a number, got an array"],
    [
      from([[[1]], [[2], [3]]]),
      ShapeError,
      "values[1]: expected an array of 1, as the first one there is, got an " +
      "array of 2",
    ],
    [from([]), ShapeError, "expected an array of at least one element"],
    [from([[], []]), ShapeError, "values[0]: expected an array of at least"],
    [from(["1", 2]), TypeError, "values[0]: expected a number, got 1"],
    [from([1, null]), TypeError, "values[1]: expected a number, got null"],
    [from([[true]]), TypeError, "values[0][0]: expected a number, got true"],
    [from([1n]), TypeError, "values[0]: expected a number, got 1"],
    [from("12"), TypeError, "values: expected a number, got 12"],
    [from(undefined), TypeError, "values: expected a number, got undefined"],
    [from([1, "2"], [2]), TypeError, "expected numbers, got 2 at [1]"],
    [from([[1], [2]], [2]), TypeError, "expected numbers, got Array at [0]"],
    [from([undefined], [1]), TypeError, "got undefined at [0]"],
    [from(new ArrayBuffer(8)), TypeError, "got ArrayBuffer"],
    [from(new DataView(new ArrayBuffer(8))), TypeError, "got DataView"],
    [from([1, 2, 3], [2]), ShapeError, "expected 2 values, got 3"],
    [from(undefined, [2]), ShapeError, "expected 2 values, got undefined"],
    [from([1], 1), ShapeError, "shape of Tensor.from"],
    [from([1.5], { dtype: "i32" }), RangeError, "a whole number from -2147483"],
    [from([256], { dtype: "u8" }), RangeError, "a whole number from 0 to 255"],
    [from([2 ** 31], { dtype: "i32" }), RangeError, "got 2147483648"],
    [from(Uint32Array.of(2 ** 31)), RangeError, "got 2147483648"],
    [from(BigInt64Array.of(1n << 40n)), RangeError, "got 1099511627776"],
    [from([1], { dtype: "f64" }), TypeError, 'dtype: expected "f32", "i32"'],
    [from([1], { requires_grad: true }), TypeError, "mean requiresGrad?"],
  ];
  for (const [run, type, message] of table) {
    const error = assertThrows(run, type, message) as Error;
    assertEquals(error.message.includes("Help: "), true);
  }
});

deviceTest(
  "element types and gradients are options of creation",
  async (device) => {
    const made: AnyTensor[] = [
      Tensor.zeros(device, [2], { dtype: "i32" }),
      Tensor.ones(device, [2], { dtype: "u8" }),
      Tensor.full(device, [2], -7, { dtype: "i32" }),
      Tensor.arange(device, 2, 8, 3, { dtype: "i32" }),
      Tensor.eye(device, 2, { dtype: "u8" } as never),
      Tensor.eye(device, 1, 2, { dtype: "i32" }),
    ];
    const lists = await Promise.all(made.map((one) => one.tolist()));
    assertEquals(lists, [[0, 0], [1, 1], [-7, -7], [2, 5], [[1, 0], [0, 1]], [
      [1, 0],
    ]]);
    assertEquals(
      made.map(({ dtype }) => dtype),
      ["i32", "u8", "i32", "i32", "u8", "i32"],
    );
    const requiresGrad = true;
    const parameters = [
      Tensor.zeros(device, [1], { requiresGrad }),
      Tensor.full(device, [1], NaN, { requiresGrad }),
      Tensor.randn(device, [1], { requiresGrad }),
      Tensor.arange(device, 3, { requiresGrad }),
    ];
    assertEquals(parameters.every((one) => one.requiresGrad), true);
    assertEquals(await parameters[1].tolist(), [NaN]);
    for (const one of [...made, ...parameters]) one[Symbol.dispose]();
  },
);

deviceTest("random tensors go on with their generator", async (device) => {
  // r = torch.Generator().manual_seed(5)
  // torch.rand(2, generator=r), torch.randn(3, generator=r)
  const generator = new RandomGenerator(5);
  using first = Tensor.rand(device, [2], { generator });
  using second = Tensor.randn(device, [3], { generator });
  const again = new RandomGenerator(5);
  assertEquals(await first.data(), again.uniform(new Float32Array(2)));
  assertEquals(await second.data(), again.normal(new Float32Array(3)));
  using one = Tensor.rand(device, [4]);
  using other = Tensor.rand(device, [4]);
  assertNotEquals(await one.data(), await other.data());
});

deviceTest("a captured function draws no random numbers", async (device) => {
  using draw = capture(device, () => Tensor.randn(device, [2]));
  assertThrows(draw, TypeError, "Tensor.randn inside a captured function");
  using shift = capture(
    device,
    (x: Tensor) =>
      add(add(x, Tensor.ones(device, [2])), Tensor.arange(device, 2)),
  );
  using x = Tensor.from(device, [10, 20]);
  for (let round = 0; round < 2; round++) {
    assertEquals(await shift(x).tolist(), [11, 22]);
  }
});

deviceTest("what makes no tensor is refused", (device) => {
  const table: [() => unknown, new () => Error, string][] = [
    [() => Tensor.zeros(device, [0]), ShapeError, "shape of Tensor.zeros"],
    [() => Tensor.ones(device, 2 as never), ShapeError, "Tensor.ones"],
    [() => Tensor.eye(device, 2, 0), ShapeError, "shape of Tensor.eye"],
    [() => Tensor.rand(device, [1.5]), ShapeError, "shape of Tensor.rand"],
    [
      () => Tensor.arange(device, 2, 1),
      RangeError,
      "Tensor.arange: expected an end that steps from the start come to, got " +
      "start 2, end 1, step 1. Help: Give end",
    ],
    [() => Tensor.arange(device, 1, 2, 0), RangeError, "step 0"],
    [() => Tensor.arange(device, NaN), RangeError, "end NaN"],
    [() => Tensor.full(device, [1], "1" as never), TypeError, "numbers, got 1"],
    [
      () => Tensor.full(device, [1], 0.5, { dtype: "i32" }),
      RangeError,
      "i32 element: expected a whole number",
    ],
    [
      () => Tensor.randn(device, [1], { sead: 1 } as object),
      TypeError,
      "Tensor.randn: unknown option sead, did you mean seed?",
    ],
    [
      () => Tensor.zeros(device, [1], { dtype: "i32", requiresGrad: true }),
      TypeError,
      "requiresGrad: expected f32 elements, got i32",
    ],
  ];
  for (const [run, type, message] of table) assertThrows(run, type, message);
});
