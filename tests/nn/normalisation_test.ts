import { assertEquals, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout2d,
  Flatten,
  GroupNorm,
  LayerNorm,
  Linear,
  Sequential,
  Upsample,
} from "../../src/nn/mod.ts";
import {
  dropout,
  dropout2d,
  groupNorm,
  layerNorm,
  mean,
} from "../../src/ops/mod.ts";
import { SGD } from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";
import { uniform } from "../reference.ts";

const network = () =>
  new Sequential(
    new Conv2d(1, 4, 3),
    new GroupNorm(2, 4),
    new BatchNorm2d(4, { momentum: null, affine: false }),
    new Dropout2d(0.25),
    new Upsample({ scaleFactor: 2, mode: "bilinear" }),
    new AdaptiveAvgPool2d([2, 3]),
    new Flatten(),
    new LayerNorm(24),
    new BatchNorm1d(24, { trackRunningStats: false }),
    new Linear(24, 3),
  );

deviceTest(
  "a captured step of these layers allocates nothing, and has the eager bits",
  async (device) => {
    const runs: [number[], unknown][] = [];
    for (const isCaptured of [false, true]) {
      const model = network().to(device, { seed: 5 });
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      const eager = (x: Tensor) => {
        using tape = new Tape();
        const y = model.forward(x);
        const loss = mean(y.mul(y));
        optimizer.zeroGrad();
        tape.backward(loss);
        optimizer.step();
        return loss;
      };
      using step = capture(device, eager);
      const values = Float32Array.from(uniform(2 * 36, 1));
      using x = Tensor.from(device, values, [2, 1, 6, 6]);
      const losses: number[] = [];
      let counters = { ...device.counters };
      for (let index = 0; index < 4; index++) {
        losses.push(await (isCaptured ? step(x) : eager(x)).item());
        if (index === 1) counters = { ...device.counters };
      }
      if (isCaptured) {
        const { allocations, bindGroups } = device.counters;
        assertEquals(allocations, counters.allocations);
        assertEquals(bindGroups, counters.bindGroups);
      }
      runs.push([losses, await model.stateDict()]);
    }
    assertEquals(runs[0], runs[1]);
  },
);

Deno.test("these layers are traced by their shapes", () => {
  const { layers, outputShape } = network().trace([2, 1, 6, 6]);
  assertEquals(outputShape, [2, 3]);
  const shapes = layers.map(({ outputShape, type }) => [type, outputShape]);
  assertEquals(shapes.slice(4, 8), [
    ["Dropout2d", [2, 4, 4, 4]],
    ["Upsample", [2, 4, 8, 8]],
    ["AdaptiveAvgPool2d", [2, 4, 2, 3]],
    ["Flatten", [2, 24]],
  ]);
});

Deno.test("state dictionaries of normalisations have PyTorch's names", async () => {
  const device = CpuDevice.open();
  const state = await network().to(device).stateDict();
  assertEquals([...state.keys()], [
    "0.weight",
    "0.bias",
    "1.weight",
    "1.bias",
    "2.running_mean",
    "2.running_var",
    "2.num_batches_tracked",
    "7.weight",
    "7.bias",
    "8.weight",
    "8.bias",
    "9.weight",
    "9.bias",
  ]);
  const withoutBias = new LayerNorm([2, 3], { bias: false }).to(device);
  assertEquals([...(await withoutBias.stateDict()).keys()], ["weight"]);
  assertEquals(withoutBias.weight?.shape, [2, 3]);
  assertEquals(new LayerNorm(2, { elementwiseAffine: false }).parameters(), []);
});

deviceTest(
  "dropout2d drops the channels that dropout would",
  async (device) => {
    const [batch, channels, area] = [5, 7, 6];
    const state = () => Tensor.from(device, Int32Array.of(3, 42), [2]);
    const values = Float32Array.from(uniform(batch * channels * area, 1));
    using x = Tensor.from(device, values, [batch, channels, 2, 3]);
    using ones = Tensor.from(
      device,
      new Float32Array(batch * channels).fill(1),
      [batch, channels],
    );
    using after = state();
    using output = dropout2d(x, 0.4, after);
    const factors = await dropout(ones, 0.4, state()).data();
    const expected = values.map((value, index) =>
      value * factors[Math.floor(index / area)]
    );
    assertEquals(await output.data(), expected);
    assertEquals(new Set(factors).size, 2);
    assertEquals(await after.data(), Int32Array.of(4, 42));
  },
);

Deno.test("arguments that do not fit a normalisation are named", () => {
  const device = CpuDevice.open();
  const zeros = (...shape: number[]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return Tensor.from(device, new Float32Array(length), shape);
  };
  const untyped: object = { elementwise_affine: false };
  const refused: [run: () => unknown, message: string][] = [
    [
      () => layerNorm(zeros(2, 3), 4),
      "layerNorm: input: expected a shape that ends with normalizedShape [4], " +
      "got [2, 3]. Help: ",
    ],
    [() => layerNorm(zeros(3), [2, 3]), "normalizedShape [2, 3], got [3]."],
    [() => layerNorm(zeros(2, 3), []), "normalizedShape [], got [2, 3]."],
    [
      () => layerNorm(zeros(2, 3), 3, zeros(2)),
      "layerNorm: input [2, 3] and weight [2]: expected weight of shape [3], got [2]. Help: ",
    ],
    [
      () => groupNorm(zeros(2, 6, 2), 4),
      "groupNorm: numGroups: expected a divisor of the 6 channels, got 4. Help: ",
    ],
    [
      () => groupNorm(zeros(6), 2),
      "groupNorm: input: expected at least 2 dimensions [N, C, …], got [6]. Help: ",
    ],
    [
      () => groupNorm(zeros(1, 6), 6),
      "groupNorm: expected more than one value per group, got an input of " +
      "[1, 6] in 6 groups. Help: ",
    ],
    [
      () => groupNorm(zeros(2, 6), 2, zeros(6), zeros(2)),
      "groupNorm: input [2, 6] and bias [2]: expected bias of shape [6], got [2]. Help: ",
    ],
    [
      () => new GroupNorm(4, 6),
      "GroupNorm: numGroups: expected a divisor of the 6 channels, got 4. Help: ",
    ],
    [
      () => new LayerNorm([2, 0]),
      "LayerNorm: normalizedShape: expected a whole number of at least 1, got 0.",
    ],
    [
      () => new LayerNorm(2, untyped),
      "LayerNorm: unknown option elementwise_affine, did you mean " +
      "elementwiseAffine? Help: ",
    ],
    [
      () => new GroupNorm(1, 2, untyped),
      "GroupNorm: unknown option elementwise_affine",
    ],
    [
      () => new Dropout2d(1.5),
      "Dropout2d: probability: expected 0 ≤ probability ≤ 1, got 1.5. Help: ",
    ],
    [
      () =>
        dropout2d(
          zeros(2, 3),
          0.5,
          Tensor.from(device, Int32Array.of(0, 1), [2]),
        ),
      "dropout2d: input: expected 4 dimensions [N, C, H, W], got [2, 3]. Help: ",
    ],
  ];
  for (const [run, message] of refused) assertThrows(run, Error, message);
});
