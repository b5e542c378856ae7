import { assertEquals, assertThrows } from "@std/assert";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { ShapeError } from "../../src/base/errors.ts";
import {
  add,
  avgPool2d,
  conv2d,
  crossEntropy,
  linear,
  maxPool2d,
} from "../../src/ops/mod.ts";
import { Scope } from "../../src/core/scope.ts";
import { type Shape, Tensor } from "../../src/core/tensor.ts";

const device = CpuDevice.open();

function zeros(...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return Tensor.from(device, new Float32Array(length), shape as Shape);
}

const refused: [name: string, run: () => Tensor, message: string][] = [
  [
    "a convolution of other channels",
    () => conv2d(zeros(1, 3, 8, 8), zeros(4, 2, 3, 3), null),
    "conv2d",
  ],
  [
    "a convolution of three dimensions",
    () => conv2d(zeros(3, 8, 8), zeros(4, 3, 3, 3), null),
    "conv2d",
  ],
  [
    "a kernel larger than the image",
    () => conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 5, 5), null),
    "no smaller than the kernel",
  ],
  [
    "a bias of another length",
    () => conv2d(zeros(1, 1, 4, 4), zeros(2, 1, 3, 3), zeros(3)),
    "conv2d",
  ],
  [
    "a linear layer of other features",
    () => linear(zeros(2, 5), zeros(3, 4), null),
    "linear",
  ],
  ["a sum of different shapes", () => add(zeros(2, 3), zeros(3, 2)), "add"],
  [
    "as many labels as classes instead of rows",
    () =>
      crossEntropy(zeros(2, 3), Tensor.from(device, new Int32Array(3), [3])),
    "crossEntropy",
  ],
  [
    "padding over half a kernel",
    () => maxPool2d(zeros(1, 1, 4, 4), 3, { padding: 2 }),
    "at most half of the kernel",
  ],
  [
    "padding over half a kernel in a mean",
    () => avgPool2d(zeros(1, 1, 4, 4), 2, { padding: 2 }),
    "at most half of the kernel",
  ],
  [
    "a kernel that is larger by more than a stride",
    () => maxPool2d(zeros(1, 1, 2, 2), 5, 1, 0, { ceilMode: true }),
    "no smaller than the kernel",
  ],
  [
    "a dilated window around the only pixel",
    () => maxPool2d(zeros(1, 1, 1, 1), 2, { padding: 1, dilation: 2 }),
    "wholly in the padding",
  ],
  [
    "a dilated window around the rows",
    () =>
      maxPool2d(zeros(1, 1, 2, 9), 2, {
        padding: [1, 0],
        dilation: [3, 1],
        stride: 1,
      }),
    "wholly in the padding",
  ],
];
for (const [name, run, message] of refused) {
  Deno.test(`refused: ${name}`, () => {
    using _scope = new Scope();
    const error = assertThrows(run, ShapeError, message);
    assertEquals(/^[^\n]* Help: [^\n]*$/.test(error.message), true);
  });
}

Deno.test("dilated windows that hold a pixel each are taken", () => {
  using _scope = new Scope();
  const x = zeros(1, 1, 2, 9);
  const options = { padding: 1, dilation: [2, 3], stride: 1 } as const;
  assertEquals(maxPool2d(x, 2, options).shape, [1, 1, 2, 8]);
});
