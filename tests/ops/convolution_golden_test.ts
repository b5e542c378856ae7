import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { Scope } from "../../src/core/scope.ts";
import { type Shape, Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import * as nn from "../../src/nn/mod.ts";
import * as ops from "../../src/ops/mod.ts";
import goldenLayers from "../golden/convolution.json" with { type: "json" };
import { everyVariantTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { testGoldenCases } from "../golden_cases.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const golden = await Golden.read("convolution");

/** Worst measured: 1.9e-6 absolute, of 10. */
const TOLERANCE = { atol: 2e-6, rtol: 2e-6 };

testGoldenCases(golden, {
  conv2d: ({ options, tensors }) =>
    ops.conv2d(tensors.x, tensors.weight, tensors.bias, options),
  convTranspose2d: ({ options, tensors }) =>
    ops.convTranspose2d(tensors.x, tensors.weight, tensors.bias, options),
}, TOLERANCE);

/** Layers by the expressions that make them in PyTorch. */
const layers: Record<string, () => nn.Conv2d | nn.ConvTranspose2d> = {
  "nn.Conv2d(1, 2, 3)": () => new nn.Conv2d(1, 2, 3),
  "nn.Conv2d(3, 4, (3, 2), 2, 1)": () => new nn.Conv2d(3, 4, [3, 2], 2, 1),
  "nn.Conv2d(4, 6, 3, groups=2)": () => new nn.Conv2d(4, 6, 3, { groups: 2 }),
  "nn.Conv2d(3, 6, 2, padding='same', groups=3, bias=False)": () =>
    new nn.Conv2d(3, 6, 2, 1, "same", { groups: 3, bias: false }),
  "nn.Conv2d(2, 1, 3, padding='valid', dilation=(1, 2))": () =>
    new nn.Conv2d(2, 1, { kernelSize: 3, padding: "valid", dilation: [1, 2] }),
  "nn.ConvTranspose2d(4, 6, 3)": () => new nn.ConvTranspose2d(4, 6, 3),
  "nn.ConvTranspose2d(4, 2, (3, 2), 2, 1, 1)": () =>
    new nn.ConvTranspose2d(4, 2, [3, 2], 2, 1, { outputPadding: 1 }),
  "nn.ConvTranspose2d(4, 6, 3, stride=2, padding=(1, 0), output_padding=(1, 0), groups=2, dilation=3)":
    () =>
      new nn.ConvTranspose2d(4, 6, 3, {
        stride: 2,
        padding: [1, 0],
        outputPadding: [1, 0],
        groups: 2,
        dilation: 3,
      }),
  "nn.ConvTranspose2d(2, 3, 2, stride=(2, 1), bias=False)": () =>
    new nn.ConvTranspose2d(2, 3, 2, { stride: [2, 1], bias: false }),
};

const device = CpuDevice.open();

Deno.test("layers print, and are initialised, as in PyTorch", async () => {
  assertEquals(Object.keys(layers), Object.keys(goldenLayers));
  for (const [source, { parameters, text }] of Object.entries(goldenLayers)) {
    const layer = layers[source]();
    assertEquals(String(layer), text);
    layer.to(device, { seed: 3 });
    const actual = [...await layer.stateDict()]
      .map(([key, { data, shape }]) => [key, { shape, values: [...data] }]);
    assertEquals(Object.fromEntries(actual), parameters, source);
  }
});

everyVariantTest("infinity stays in its group", async (device) => {
  using _scope = new Scope();
  const x = Tensor.from(
    device,
    Float32Array.from({ length: 4 * 25 }, (_, i) => i === 62 ? Infinity : 1),
    [1, 4, 5, 5],
  );
  const ones = (...shape: Shape) =>
    Tensor.from(
      device,
      new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
      shape,
    );
  const infinite = (channels: number, of: (channel: number) => boolean) =>
    Array.from(
      { length: channels * 25 },
      (_, i) => of(Math.floor(i / 25)) && isNear(i % 25),
    );
  const isNear = (at: number) =>
    Math.abs(Math.floor(at / 5) - 2) < 2 && Math.abs(at % 5 - 2) < 2;
  const y = ops.conv2d(x, ones(6, 2, 3, 3), null, 1, 1, { groups: 2 });
  assertEquals(
    Array.from(await y.data(), (value) => value === Infinity),
    infinite(6, (channel) => channel > 2),
  );
  const z = ops.convTranspose2d(x, ones(4, 1, 3, 3), null, 1, 1, { groups: 4 });
  assertEquals(
    Array.from(await z.data(), (value) => value === Infinity),
    infinite(4, (channel) => channel === 2),
  );
});

function zeros(...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return Tensor.from(device, new Float32Array(length), shape as Shape);
}

const refused: [
  run: () => unknown,
  // deno-lint-ignore no-explicit-any -- of any arguments
  error: new (...args: any[]) => Error,
  message: string,
][] = [
  [
    () => ops.conv2d(zeros(1, 4, 3, 3), zeros(6, 4, 3, 3), null, { groups: 2 }),
    ShapeError,
    "conv2d: input [1, 4, 3, 3] and weight [6, 4, 3, 3] in 2 groups: expected " +
    "an input of 8 channels, got 4. Help: ",
  ],
  [
    () => ops.conv2d(zeros(1, 4, 3, 3), zeros(5, 2, 3, 3), null, { groups: 2 }),
    ShapeError,
    "conv2d: channels of the output: expected a multiple of groups, 2, got 5",
  ],
  [
    () => new nn.Conv2d(4, 6, 3, { groups: 4 }),
    ShapeError,
    "Conv2d: outChannels: expected a multiple of groups, 4, got 6",
  ],
  [
    () => new nn.Conv2d(4, 6, 3, { groups: 0 }),
    RangeError,
    "Conv2d: groups: expected whole numbers of at least 1, got 0",
  ],
  [
    () => new nn.Conv2d(4, 6, 3, 2, "same"),
    RangeError,
    'Conv2d: padding "same": expected stride 1, got stride [2, 2]',
  ],
  [
    () =>
      ops.conv2d(zeros(1, 1, 5, 5), zeros(1, 1, 3, 3), null, [1, 2], "same"),
    RangeError,
    'conv2d: padding "same": expected stride 1, got stride [1, 2]',
  ],
  [
    // @ts-expect-error another word
    () => new nn.Conv2d(4, 6, 3, { padding: "full" }),
    TypeError,
    'Conv2d: padding: expected pixels, "same" or "valid", got "full"',
  ],
  [
    () =>
      ops.convTranspose2d(zeros(1, 1, 3, 3), zeros(1, 1, 2, 2), null, {
        // @ts-expect-error words are for conv2d
        padding: "same",
      }),
    RangeError,
    "convTranspose2d: padding: expected whole numbers of at least 0, got same",
  ],
  [
    // @ts-expect-error there is no such option
    () => new nn.Conv2d(4, 6, 3, { paddingMode: "reflect" }),
    TypeError,
    "Conv2d: unknown option paddingMode. Help: The options are kernelSize, ",
  ],
  [
    // @ts-expect-error there is no such option
    () => new nn.Conv2d(4, 6, { kernel_size: 3 }),
    TypeError,
    "Conv2d: unknown option kernel_size, did you mean kernelSize?",
  ],
  [
    () => new nn.Conv2d(4, 6, 3, 1, { stride: 2 }),
    TypeError,
    "Conv2d: stride: expected one value",
  ],
  [
    // @ts-expect-error the kernel's size is missing
    () => new nn.Conv2d(4, 6),
    TypeError,
    "Conv2d: kernelSize: expected an option of this name, got none",
  ],
  [
    // @ts-expect-error by name
    () => new nn.Conv2d(4, 6, 3, 1, 1, 2),
    TypeError,
    "Conv2d: options: expected an object, got 2",
  ],
  [
    // @ts-expect-error a stride that is left out
    () => new nn.Conv2d(4, 6, 3, undefined, 1),
    TypeError,
    "Conv2d: arguments: expected kernelSize, stride, padding and options, got 3",
  ],
  [
    // @ts-expect-error by name
    () => new nn.Conv2d(4, 6, 3, 1, 1, false),
    TypeError,
    "Conv2d: options: expected an object, got false",
  ],
  [
    () =>
      ops.convTranspose2d(zeros(1, 2, 3, 3), zeros(2, 1, 2, 2), null, {
        outputPadding: [1, 2],
        stride: 2,
      }),
    RangeError,
    "convTranspose2d: outputPadding: expected less than stride or dilation, " +
    "got [1, 2] with stride [2, 2] and dilation [1, 1]",
  ],
  [
    () => ops.convTranspose2d(zeros(1, 2, 1, 1), zeros(2, 1, 2, 2), null, 1, 1),
    ShapeError,
    "convTranspose2d: input [1, 2, 1, 1] and weight [2, 1, 2, 2]: expected " +
    "an output of at least one pixel, got [0, 0]",
  ],
  [
    () => ops.convTranspose2d(zeros(1, 3, 4, 4), zeros(2, 1, 2, 2)),
    ShapeError,
    "convTranspose2d: input [1, 3, 4, 4] and weight [2, 1, 2, 2]: expected " +
    "an input of 2 channels, got 3",
  ],
  [
    () =>
      ops.convTranspose2d(zeros(1, 3, 4, 4), zeros(3, 1, 2, 2), null, {
        groups: 2,
      }),
    ShapeError,
    "convTranspose2d: channels of the input: expected a multiple of groups",
  ],
  [
    () =>
      ops.convTranspose2d(zeros(1, 2, 4, 4), zeros(2, 1, 2, 2), zeros(3), {
        groups: 2,
      }),
    ShapeError,
    "convTranspose2d: weight [2, 1, 2, 2] and bias [3]: expected bias of " +
    "shape [2], got [3]",
  ],
];
for (const [run, error, message] of refused) {
  Deno.test(`refused: ${message}`, () => {
    using _scope = new Scope();
    const { message: own } = assertThrows(run, error, message);
    assertEquals(/^[^\n]* Help: [^\n]*$/.test(own), true, own);
  });
}
