import { assertEquals } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import * as nn from "../../src/nn/mod.ts";
import * as ops from "../../src/ops/mod.ts";
import type { UpsampleOptions } from "../../src/ops/upsample.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { isPermitted, needs, testWith } from "../permissions.ts";

needs(import.meta.url, "read");

const permittedTest = testWith("read");

/** Worst measured: 2.4e-7 absolute. */
const TOLERANCE = { atol: 2e-6, rtol: 2e-6 };

const golden = await Golden.read("pooling");

/** Operands that an operation differentiates, by their names in the file. */
type Inputs = Readonly<Record<string, Tensor>>;

/** An operation with the arguments that the file has for it. */
// deno-lint-ignore no-explicit-any -- arguments of many operations
type Run = (inputs: Inputs, given: any) => Tensor;

const operations: Readonly<Record<string, Run>> = {
  maxPool2d: ({ x }, given) =>
    ops.maxPool2d(x, given.kernelSize, given.options),
  avgPool2d: ({ x }, given) =>
    ops.avgPool2d(x, given.kernelSize, given.options),
  adaptiveAvgPool2d: ({ x }, given) =>
    ops.adaptiveAvgPool2d(x, given.outputSize),
  upsample: ({ x }, given) => ops.upsample(x, given),
  layerNorm: ({ bias, weight, x }, { eps, normalizedShape }) =>
    ops.layerNorm(x, normalizedShape, weight, bias, eps),
  groupNorm: ({ bias, weight, x }, { eps, numGroups }) =>
    ops.groupNorm(x, numGroups, weight, bias, eps),
};

const inputNames = ["x", "weight", "bias"];

for (const [operation, run] of Object.entries(operations)) {
  const names = Object.keys(golden.metadata)
    .filter((name) => name.startsWith(`${operation}.`));
  if (names.length === 0 && isPermitted("read")) {
    throw new Error(`no golden case of ${operation}`);
  }
  for (const name of names) {
    deviceTest(`PyTorch's numbers: ${name}`, async (device) => {
      const given = JSON.parse(golden.metadata[name]);
      const numbers = (key: string) => golden.numbers(`${name}.${key}`);
      const inputs: Record<string, Tensor> = {};
      for (const key of inputNames) {
        if (!golden.tensors.has(`${name}.${key}`)) continue;
        const { shape } = golden.tensor(`${name}.${key}`);
        inputs[key] = Tensor.from(device, numbers(key), shape, {
          requiresGrad: true,
        });
      }
      const output = forwardAndBackward(
        () => run(inputs, given),
        numbers("gradOutput"),
      );
      assertEquals(output.shape, golden.tensor(`${name}.output`).shape);
      assertSame(await output.data(), numbers("output"), "output");
      for (const [key, input] of Object.entries(inputs)) {
        const gradient = `grad${key[0].toUpperCase()}${key.slice(1)}`;
        assertSame(await input.grad!.data(), numbers(gradient), gradient);
      }
    }, ["read"]);
  }
}

permittedTest("windows along an axis are as many as in PyTorch", () => {
  const table: [...number[], boolean, number | null][] = JSON.parse(
    golden.metadata.outputSizes,
  );
  for (
    const [size, kernel, stride, padding, dilation, ceilMode, windows] of table
  ) {
    const sizes = [size, kernel, stride, padding, dilation] as const;
    const columns = ops.outputSize(
      ...sizes as [number, number, number, number, number],
      ceilMode as boolean,
    );
    assertEquals(columns < 1 ? null : columns, windows, sizes.join(", "));
  }
});

deviceTest("the nearest pixels are PyTorch's", async (device) => {
  type Row = [size: number, options: UpsampleOptions, columns: number[]];
  const table: Row[] = JSON.parse(golden.metadata.nearestPixels);
  for (const [size, options, columns] of table) {
    using x = Tensor.from(device, [...Array(size).keys()], [1, 1, 1, size]);
    using output = ops.upsample(x, options);
    const label = `${size}, ${JSON.stringify(options)}`;
    assertEquals([...await output.data()], columns, label);
  }
}, ["read"]);

permittedTest("layers print as in PyTorch", () => {
  const layers: Record<string, nn.Module> = {
    "nn.MaxPool2d(3, 2, 1)": new nn.MaxPool2d(3, 2, 1),
    "nn.MaxPool2d(2, ceil_mode=True)": new nn.MaxPool2d(2, { ceilMode: true }),
    "nn.AvgPool2d(3, 2, (1, 0))": new nn.AvgPool2d(3, 2, [1, 0]),
    "nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)": new nn
      .AvgPool2d(2, { ceilMode: true, countIncludePad: false }),
    "nn.BatchNorm1d(3)": new nn.BatchNorm1d(3),
    "nn.BatchNorm1d(3, eps=0.01, momentum=None)": new nn.BatchNorm1d(3, {
      eps: 0.01,
      momentum: null,
    }),
    "nn.BatchNorm2d(3, affine=False, track_running_stats=False)": new nn
      .BatchNorm2d(3, { affine: false, trackRunningStats: false }),
    "nn.LayerNorm(10)": new nn.LayerNorm(10),
    "nn.LayerNorm((4, 5), eps=1e-3, elementwise_affine=False)": new nn
      .LayerNorm([4, 5], { eps: 1e-3, elementwiseAffine: false }),
    "nn.GroupNorm(3, 6)": new nn.GroupNorm(3, 6),
    "nn.GroupNorm(2, 6, eps=1e-3, affine=False)": new nn.GroupNorm(2, 6, {
      eps: 1e-3,
      affine: false,
    }),
    "nn.Dropout2d()": new nn.Dropout2d(),
    "nn.Dropout2d(p=0.25)": new nn.Dropout2d(0.25),
    "nn.AdaptiveAvgPool2d(1)": new nn.AdaptiveAvgPool2d(1),
    "nn.AdaptiveAvgPool2d((5, None))": new nn.AdaptiveAvgPool2d([5, null]),
    "nn.Upsample(size=4)": new nn.Upsample({ size: 4 }),
    'nn.Upsample(size=(4, 5), mode="bilinear")': new nn.Upsample({
      size: [4, 5],
      mode: "bilinear",
    }),
    "nn.Upsample(scale_factor=2)": new nn.Upsample({ scaleFactor: 2 }),
    'nn.Upsample(scale_factor=(2, 1.5), mode="bilinear", align_corners=True)':
      new nn.Upsample({
        scaleFactor: [2, 1.5],
        mode: "bilinear",
        alignCorners: true,
      }),
  };
  const texts = Object.entries(layers).map(([name, layer]) => [
    name,
    String(layer),
  ]);
  assertEquals(Object.fromEntries(texts), JSON.parse(golden.metadata.text));
});

/** Goes forward, and back from a given gradient with respect to the output. */
function forwardAndBackward(
  run: () => Tensor,
  gradOutput: Float64Array,
): Tensor {
  using tape = new Tape();
  const output = run();
  const weights = Tensor.from(output.device, gradOutput, output.shape);
  tape.backward(ops.sum(ops.mul(output, weights)));
  return tape.keep(output);
}

/** NaN and infinities must be the same, other numbers within the tolerance. */
function assertSame(
  actual: ArrayLike<number>,
  expected: Float64Array,
  label: string,
): void {
  const special = Array.from(
    expected,
    (value) => Number.isFinite(value) ? 0 : value,
  );
  assertEquals(
    Array.from(actual, (value) => Number.isFinite(value) ? 0 : value),
    special,
    label,
  );
  const finite = (values: ArrayLike<number>) =>
    Array.from(values, (value) => Number.isFinite(value) ? value : 0);
  assertClose(finite(actual), finite(expected), TOLERANCE, label);
}
