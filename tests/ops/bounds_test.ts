/** Arguments at the very bounds of what operations take, and just beyond. */
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

deviceTest("softplus is x above the threshold, not at it", async (device) => {
  const x = Tensor.from(device, [1, 1.25], [2], { requiresGrad: true });
  {
    using tape = new Tape();
    tape.backward(ops.sum(ops.softplus(x, 2, 2)));
  }
  using y = ops.softplus(x, 2, 2);
  // As PyTorch has it: log(1 + e²) / 2 where 2 · x is 2.
  assertClose(await y.data(), [1.0634640, 1.25], TOLERANCE, "output");
  assertClose(await x.grad!.data(), [0.8807971, 1], TOLERANCE, "gradient");
});

deviceTest(
  "the last indices are taken, those beyond refused",
  async (device) => {
    const x = Tensor.from(device, [0, 1, 2, 3, 4, 5], [2, 3]);
    const taken: [Tensor, number[]][] = [
      [ops.select(x, 1, 2), [2, 5]],
      [ops.select(x, 1, -3), [0, 3]],
      [ops.slice(x, 1, 2, 3), [2, 5]],
      [ops.indexSelect(x, 1, [2]), [2, 5]],
    ];
    for (const [output, expected] of taken) {
      assertEquals(await output.data(), Float32Array.from(expected));
    }
    const refused: [() => unknown, string][] = [
      [() => ops.select(x, 1, 3), "a whole number from -3 to 2, got 3"],
      [() => ops.select(x, 1, -4), "a whole number from -3 to 2, got -4"],
      [() => ops.slice(x, 1, 2, 2), "whole numbers start < end"],
      [() => ops.indexSelect(x, 1, []), "at least one, got none"],
      [() => ops.indexSelect(x, 1, [3]), "whole numbers from 0 to 2"],
    ];
    for (const [run, message] of refused) {
      assertThrows(
        run,
        RangeError,
        message,
      );
    }
  },
);

deviceTest("a number at its bound is taken, one beyond refused", (device) => {
  const x = Tensor.from(device, [0.5, 0.25, 0.75, 0.125], [2, 2]);
  const labels = Tensor.from(device, Int32Array.of(0, 1), [2]);
  for (const ignoreIndex of [2 ** 31 - 1, -(2 ** 31 - 1)]) {
    ops.nllLoss(x, labels, { ignoreIndex });
  }
  ops.smoothL1Loss(x, x, { beta: 0 });
  for (const target of [x, labels]) {
    for (const labelSmoothing of [0, 1]) {
      ops.crossEntropy(x, target, { labelSmoothing });
    }
    for (const labelSmoothing of [-1e-9, 1.001, NaN]) {
      assertThrows(
        () => ops.crossEntropy(x, target, { labelSmoothing }),
        RangeError,
        "crossEntropy: labelSmoothing: expected a number from 0 to 1",
      );
    }
  }
  const refused: [() => unknown, string][] = [
    [
      () => ops.nllLoss(x, labels, { ignoreIndex: 2 ** 31 }),
      "ignoreIndex: expected a whole number",
    ],
    [
      () => ops.nllLoss(x, labels, { ignoreIndex: -(2 ** 31) }),
      "ignoreIndex: expected a whole number",
    ],
    [() => ops.smoothL1Loss(x, x, { beta: Infinity }), "beta: expected"],
    [() => ops.smoothL1Loss(x, x, { beta: NaN }), "beta: expected"],
    [() => ops.oneHot(labels, 0), "numClasses"],
  ];
  for (const [run, message] of refused) assertThrows(run, RangeError, message);
});

deviceTest("labels are i32, one for each row of scores", async (device) => {
  const scores = Tensor.from(device, [1, 2, 3, 4, 6, 5], [3, 2]);
  const labels = Tensor.from(device, Int32Array.of(1, 0, 0), [3]);
  assertEquals(await ops.correctCount(scores, labels).item(), 2);
  const floats = Tensor.from(device, [1, 0, 0], [3]) as never;
  for (
    const run of [
      () => ops.correctCount(scores, floats),
      () => ops.oneHot(floats, 2),
    ]
  ) {
    assertThrows(run, TypeError, "labels: expected i32 elements, got f32");
  }
  assertThrows(
    () => ops.correctCount(Tensor.from(device, [1, 2], [2]), labels),
    ShapeError,
    "scores: expected 2 dimensions [N, classes], got [2]",
  );
  const few = Tensor.from(device, Int32Array.of(1, 0), [2]);
  assertThrows(() => ops.correctCount(scores, few), ShapeError, "labels");
});

deviceTest(
  "a normalisation computes no gradient that nobody wants",
  (device) => {
    const values = (shape: number[], requiresGrad: boolean) => {
      const length = shape.reduce((product, size) => product * size);
      const ones = new Float32Array(length).fill(1);
      return Tensor.from(device, ones, shape, { requiresGrad });
    };
    const dispatches = (wantsX: boolean, wantsWeight: boolean) => {
      using tape = new Tape();
      const [x, weight] = [values([2, 4, 3], wantsX), values([4], wantsWeight)];
      const loss = ops.sum(ops.groupNorm(x, 2, weight));
      const before = device.counters.dispatches;
      tape.backward(loss);
      return device.counters.dispatches - before;
    };
    const both = dispatches(true, true);
    assert(both > dispatches(true, false));
    assert(both > dispatches(false, true));
  },
);

deviceTest("t leaves what has one dimension as it is", (device) => {
  const x = Tensor.from(device, [1, 2], [2]);
  assertStrictEquals<Tensor>(x.t(), x);
  const cube = Tensor.from(device, [1, 2], [2, 1, 1]);
  assertThrows(() => cube.t(), ShapeError, "t: x: expected at most two");
});
