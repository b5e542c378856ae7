import { assertEquals, assertThrows } from "@std/assert";
import { AvgPool2d, MaxPool2d, Upsample } from "../../src/nn/mod.ts";
import {
  adaptiveAvgPool2d,
  avgPool2d,
  maxPool2d,
  upsample,
} from "../../src/ops/mod.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";

const device = CpuDevice.open();
const x = Tensor.from(device, new Float32Array(49), [1, 1, 7, 7]);

Deno.test("stride and padding of a pooling may stand before its options", () => {
  assertEquals(maxPool2d(x, 3).shape, [1, 1, 2, 2]);
  assertEquals(maxPool2d(x, 3, 2).shape, [1, 1, 3, 3]);
  assertEquals(maxPool2d(x, 3, 2, 1).shape, [1, 1, 4, 4]);
  assertEquals(maxPool2d(x, 2, [1, 2]).shape, [1, 1, 6, 3]);
  assertEquals(
    maxPool2d(x, 2, 2, { ceilMode: true, padding: 1 }).shape,
    [1, 1, 4, 4],
  );
  assertEquals(avgPool2d(x, 2, 2, 0, { ceilMode: true }).shape, [1, 1, 4, 4]);
  assertEquals(avgPool2d(x, 2, undefined).shape, [1, 1, 3, 3]);
  assertEquals(new AvgPool2d(2, 2, 1).forward(x).shape, [1, 1, 4, 4]);
  assertEquals(
    new MaxPool2d(2, { stride: 2, ceilMode: true }).forward(x).shape,
    [1, 1, 4, 4],
  );
});

Deno.test("a size that is given twice, and unknown options are refused", () => {
  assertThrows(
    () => new MaxPool2d(3, 2, { stride: 1 }),
    TypeError,
    "MaxPool2d: stride: expected one value, got one by position and one among " +
      "the options. Help: Leave out one of them.",
  );
  const untyped: object = { ceil_mode: true };
  for (const [name, make] of Object.entries({ MaxPool2d, AvgPool2d })) {
    assertThrows(
      () => new make(3, untyped),
      TypeError,
      `${name}: unknown option ceil_mode, did you mean ceilMode?`,
    );
  }
  const four = [3, 2, 1, 1] as unknown as [number];
  assertThrows(
    () => maxPool2d(x, ...four),
    TypeError,
    "maxPool2d: options: expected an object, got 1.",
  );
  for (const [name, pool] of Object.entries({ maxPool2d, avgPool2d })) {
    assertThrows(
      () => pool(x, 3, 2, untyped),
      TypeError,
      `${name}: unknown option ceil_mode, did you mean ceilMode?`,
    );
  }
});

const refused: [run: () => unknown, message: string][] = [
  [
    () => upsample(x, {}),
    "upsample: size and scaleFactor: expected one of them, got none. Help: ",
  ],
  [
    () => new Upsample({ size: 2, scaleFactor: 2 }),
    "Upsample: size and scaleFactor: expected one of them, got both. Help: ",
  ],
  [
    () => upsample(x, { size: 2, alignCorners: true }),
    'upsample: alignCorners: expected mode: "bilinear" beside it, got nearest.',
  ],
  [
    () => upsample(x, { size: 2, mode: "bicubic" as "bilinear" }),
    'upsample: mode: expected "nearest" or "bilinear", got bicubic. Help: ',
  ],
  [
    () => new Upsample({ ...{ align_corners: true }, size: 2 }),
    "Upsample: unknown option align_corners, did you mean alignCorners? Help: ",
  ],
  [
    () => upsample(x, { scaleFactor: [2, 0] }),
    "upsample: scaleFactor: expected numbers above 0, got 2 × 0. Help: ",
  ],
  [
    () => upsample(x, { scaleFactor: 0.1 }),
    "upsample: size by scaleFactor: expected whole numbers of at least 1, got " +
    "0 × 0. Help: ",
  ],
  [
    () => upsample(x, { size: [2, 1.5] }),
    "upsample: size: expected whole numbers of at least 1, got 2 × 1.5. Help: ",
  ],
  [
    () => adaptiveAvgPool2d(x, [0, null]),
    "adaptiveAvgPool2d: outputSize: expected whole numbers of at least 1, got " +
    "0 × 7. Help: ",
  ],
  [
    () => adaptiveAvgPool2d(x.reshape([7, 7]), 1),
    "adaptiveAvgPool2d: input: expected 4 dimensions [N, C, H, W], got [7, 7].",
  ],
];
for (const [run, message] of refused) {
  Deno.test(`refused: ${message}`, () => {
    assertThrows(run, Error, message);
  });
}
