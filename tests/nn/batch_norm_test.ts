import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { BatchNorm1d, BatchNorm2d } from "../../src/nn/mod.ts";
import type { BatchNormLayerOptions } from "../../src/nn/batch_norm.ts";
import { batchNorm1d, batchNorm2d, mul, sum } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read");

/** Worst measured: 9.6e-7 absolute. */
const TOLERANCE = { atol: 4e-6, rtol: 4e-6 };

const golden = await Golden.read("pooling");

const names = Object.keys(golden.metadata)
  .filter((name) => name.startsWith("batchNorm."));

if (names.length === 0 && isPermitted("read")) {
  throw new Error("no golden case of a batch normalisation");
}

interface Case {
  readonly layer: "BatchNorm1d" | "BatchNorm2d";
  readonly channels: number;
  readonly options: BatchNormLayerOptions;
  readonly keys: readonly string[];
}

for (const name of names) {
  for (const isCaptured of [false, true]) {
    const how = isCaptured ? ", captured" : "";
    deviceTest(`PyTorch's numbers: ${name}${how}`, async (device) => {
      const { channels, keys, layer: kind, options }: Case = JSON.parse(
        golden.metadata[name],
      );
      const layer = new { BatchNorm1d, BatchNorm2d }[kind](channels, options)
        .to(device);
      layer.loadStateDict(
        new Map(
          keys.map((key) => [key, golden.tensor(`${name}.before.${key}`)]),
        ),
      );
      // A captured function has its arguments in memory of its own.
      const requiresGrad = !isCaptured;
      const tensor = (key: string, options = {}) =>
        tensorOf(device, `${name}.${key}`, options);
      const step = (x: Tensor, gradOutput: Tensor) => {
        using tape = new Tape();
        const output = layer.forward(x) as Tensor;
        const loss = sum(mul(output, gradOutput));
        if (requiresGrad || layer.parameters().length > 0) tape.backward(loss);
        return tape.keep(output);
      };
      const run = isCaptured ? capture(device, step) : step;
      run(
        tensor("first", { requiresGrad }),
        tensor("training.gradOutput"),
      );
      for (const mode of ["training", "evaluation"] as const) {
        layer.train(mode === "training").zeroGrad();
        const x = tensor(`${mode}.x`, { requiresGrad });
        const output = run(x, tensor(`${mode}.gradOutput`));
        const check = (actual: ArrayLike<number>, key: string) => {
          const expected = golden.numbers(`${name}.${mode}.${key}`);
          assertClose(actual, expected, TOLERANCE, `${mode} ${key}`);
        };
        check(await output.data(), "output");
        if (requiresGrad) check(await x.grad!.data(), "gradX");
        for (const [key, { grad }] of layer.namedParameters()) {
          check(await grad!.data(), `grad.${key}`);
        }
      }
      const state = await layer.stateDict();
      assertEquals([...state.keys()], keys);
      for (const [key, { data }] of state) {
        const expected = golden.numbers(`${name}.after.${key}`);
        assertClose(Array.from(data, Number), expected, TOLERANCE, key);
      }
    }, ["read"]);
  }
}

function tensorOf(device: Device, name: string, options: object): Tensor {
  const { shape } = golden.tensor(name);
  return Tensor.from(device, golden.numbers(name), shape, options);
}

const device = CpuDevice.open();
const ones = (...shape: number[]) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return Tensor.from(device, new Float32Array(length).fill(1), shape);
};

Deno.test("training on one value per channel is refused", () => {
  const layer = new BatchNorm1d(3).to(device);
  assertThrows(
    () => layer.forward(ones(1, 3)),
    ShapeError,
    "batchNorm1d in training: expected more than one value per channel, got an " +
      "input of [1, 3]. Help: Use a larger batch, or model.eval().",
  );
  assertEquals(layer.forward(ones(1, 3, 2)).shape, [1, 3, 2]);
  assertEquals(layer.eval().forward(ones(1, 3)).shape, [1, 3]);
  const untracked = new BatchNorm2d(2, { trackRunningStats: false }).to(device);
  assertThrows(() => untracked.eval().forward(ones(1, 2, 1, 1)), ShapeError);
});

Deno.test("arguments that do not fit a batch normalisation are named", () => {
  const x = ones(2, 3, 4);
  const stats = { runningMean: ones(3), runningVar: ones(3) };
  const untyped: object = { track_running_stats: false };
  const refused: [run: () => unknown, message: string][] = [
    [
      () => batchNorm1d(ones(2, 3, 1, 1), { training: true }),
      "batchNorm1d: input: expected 2 or 3 dimensions [N, C] or [N, C, L], got " +
      "[2, 3, 1, 1]. Help: ",
    ],
    [
      () => batchNorm2d(x, { training: true }),
      "batchNorm2d: input: expected 4 dimensions [N, C, H, W], got [2, 3, 4].",
    ],
    [
      () => batchNorm1d(x, { training: true, weight: ones(2) }),
      "batchNorm1d: input [2, 3, 4] and weight [2]: expected weight of shape [3], got [2]. Help: ",
    ],
    [
      () => batchNorm1d(x, { training: false }),
      "batchNorm1d: runningMean and runningVar: expected both, or none and " +
      "training: true, got not both. Help: ",
    ],
    [
      () => batchNorm1d(x, { training: true, runningMean: ones(3) }),
      "batchNorm1d: runningMean and runningVar: expected both",
    ],
    [
      () => batchNorm1d(x, { training: true, ...stats, momentum: null }),
      "batchNorm1d: momentum: expected numBatchesTracked beside a momentum of " +
      "null, got none. Help: ",
    ],
    [
      () => new BatchNorm1d(3, untyped),
      "BatchNorm1d: unknown option track_running_stats, did you mean " +
      "trackRunningStats? Help: ",
    ],
    [
      () => new BatchNorm2d(0),
      "BatchNorm2d: channels: expected a whole number of at least 1, got 0.",
    ],
  ];
  for (const [run, message] of refused) assertThrows(run, Error, message);
});
