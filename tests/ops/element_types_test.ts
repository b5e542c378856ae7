/** Numbers are f32: bytes and labels are not taken for them. */
import { assertMatch, assertThrows } from "@std/assert";
import * as nn from "../../mod.ts";
import { convBlock } from "../../src/kernel/mod.ts";

const device = nn.setDefaultDevice(
  await nn.openDevice({ device: "cpu", threads: 1 }),
);
const zero = nn.Tensor.zeros([1]);
const kernel = nn.Tensor.zeros([1, 1, 1, 1]);
const state = nn.Tensor.from(device, new Int32Array(2), [2]);
const normalisation = {
  weight: zero,
  bias: zero,
  runningMean: zero,
  runningVar: zero,
  training: false,
};
const convolution = { weight: kernel, bias: null };
const whole = {
  convolution,
  normalisation,
  activation: "relu",
  pooling: { kernelSize: 2 },
} as const;
const normalised = { ...normalisation, training: true };

const operations: Record<string, (images: nn.Tensor) => unknown> = {
  adaptiveAvgPool2d: (x) => nn.adaptiveAvgPool2d(x, 1),
  "adaptiveAvgPool2d of uneven windows": (x) => nn.adaptiveAvgPool2d(x, [1, 3]),
  avgPool2d: (x) => nn.avgPool2d(x, 2),
  batchNorm1d: (x) => nn.batchNorm1d(x.view(1, 1, 4), normalised),
  batchNorm2d: (x) => nn.batchNorm2d(x, normalisation),
  conv2d: (x) => nn.conv2d(x, kernel),
  "conv2d of a block": (x) => convBlock(x, whole),
  convTranspose2d: (x) => nn.convTranspose2d(x, kernel),
  dropout: (x) => nn.dropout(x, 0.5, state),
  dropout2d: (x) => nn.dropout2d(x, 0.5, state),
  groupNorm: (x) => nn.groupNorm(x, 1),
  layerNorm: (x) => nn.layerNorm(x, [2, 2]),
  linear: (x) => nn.linear(x.view(1, 4), nn.Tensor.zeros([1, 4]), null),
  maxPool2d: (x) => nn.maxPool2d(x, 2),
  nllLoss: (x) => nn.nllLoss(x.view(2, 2), state),
  upsample: (x) => nn.upsample(x, { scaleFactor: 2 }),
};

for (const [name, run] of Object.entries(operations)) {
  Deno.test(`${name} refuses elements that are no f32`, () => {
    const [operation] = name.split(" of ");
    for (const array of [new Int32Array(4), new Uint8Array(4)]) {
      const images = nn.Tensor.from(device, array, [1, 1, 2, 2]);
      const error = assertThrows(
        () => run(images as unknown as nn.Tensor),
        TypeError,
        `${operation}: input: expected f32 elements, got ${images.dtype}. Help: `,
      );
      assertMatch(error.message, /^[^\n]+$/);
    }
  });
}

Deno.test("a network that is given no tensor says so", () => {
  const network = new nn.Sequential(new nn.Linear(2, 1)).to();
  assertThrows(
    () => network.forward([[1, 2]] as unknown as nn.Tensor),
    TypeError,
    "linear: input: expected f32 elements, got what is no tensor. Help: ",
  );
});
