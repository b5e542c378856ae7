/** What must hold whatever the values, on every device. */
import * as fc from "npm:fast-check@4.11.0";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { Device } from "../../src/devices/device.ts";
import { BatchNorm2d, Conv2d, Dropout, Sequential } from "../../src/nn/mod.ts";
import * as ops from "../../src/ops/mod.ts";
import { webGpuTest } from "../_webgpu.ts";
import { assertClose } from "../close.ts";
import { uniform } from "../reference.ts";

const TOLERANCE = { atol: 1e-4, rtol: 1e-4 };

const from = (min: number, max: number) => fc.integer({ min, max });

/** A tensor of values in [−1, 1), or `scale` times that. */
function tensor(
  device: Device,
  shape: readonly number[],
  seed: number,
  requiresGrad = false,
): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from(uniform(length, seed));
  return Tensor.from(device, values, shape, { requiresGrad });
}

/** What two tensors, made in different ways, must have alike. */
type Pair = readonly [one: Tensor, other: Tensor];

/** A law: two ways to the same values, for sizes and a seed that are drawn. */
type Law = (
  device: Device,
  sizes: readonly [a: number, b: number, c: number, d: number],
  seed: number,
) => Pair;

/** x · a + y · b. */
const mixed = (x: Tensor, y: Tensor) => ops.add(ops.mul(x, 2), ops.mul(y, -3));

const laws: Readonly<Record<string, Law>> = {
  "a shift of all logits of a row leaves its loss"(device, [n, c], seed) {
    const logits = tensor(device, [n, c], seed);
    const labels = Tensor.from(
      device,
      Int32Array.from({ length: n }, (_, row) => (row + seed) % c),
      [n],
    );
    const shift = ops.mul(tensor(device, [n, 1], seed + 1), 20);
    return [
      ops.crossEntropy(ops.add(logits, shift), labels),
      ops.crossEntropy(logits, labels),
    ];
  },
  "a permuted batch permutes a convolution's output"(
    device,
    [n, c, h, w],
    seed,
  ) {
    const x = tensor(device, [n, c, h + 2, w + 2], seed);
    const weight = tensor(device, [3, c, 3, 3], seed + 1);
    const order = [...Array(n).keys()].reverse();
    const convolve = (x: Tensor) => ops.conv2d(x, weight, null, 1, 1);
    return [
      convolve(ops.indexSelect(x, 0, order)),
      ops.indexSelect(convolve(x), 0, order),
    ];
  },
  "a convolution is linear in its input"(device, [n, c, h, w], seed) {
    const [x, y] = [seed, seed + 1].map((seed) =>
      tensor(device, [n, c, h + 2, w + 2], seed)
    );
    const weight = tensor(device, [5, c, 3, 2], seed + 2);
    const convolve = (x: Tensor) => ops.conv2d(x, weight, null, 2, 1);
    return [convolve(mixed(x, y)), mixed(convolve(x), convolve(y))];
  },
  "a convolution is linear in its weight"(device, [n, c, h, w], seed) {
    const x = tensor(device, [n, c, h + 2, w + 2], seed);
    const [a, b] = [seed + 1, seed + 2].map((seed) =>
      tensor(device, [4, c, 2, 3], seed)
    );
    const convolve = (weight: Tensor) => ops.conv2d(x, weight, null, 1, 1);
    return [convolve(mixed(a, b)), mixed(convolve(a), convolve(b))];
  },
  "a transposed convolution is the adjoint of the convolution"(
    device,
    [n, c, h, w],
    seed,
  ) {
    const options = { stride: [2, 1], padding: [1, 0] } as const;
    const x = tensor(device, [n, c, 2 * h + 1, w + 2], seed);
    const weight = tensor(device, [3, c, 3, 2], seed + 1);
    const image = ops.conv2d(x, weight, null, options);
    const y = tensor(device, image.shape, seed + 2);
    const back = ops.convTranspose2d(y, weight, null, options);
    return [ops.sum(ops.mul(image, y)), ops.sum(ops.mul(x, back))];
  },
  "largest of windows and a rising function change places"(
    device,
    [n, c, h, w],
    seed,
  ) {
    const x = tensor(device, [n, c, h + 3, w + 3], seed);
    const pool = (x: Tensor) => ops.maxPool2d(x, [2, 3], { stride: 1 });
    return [pool(ops.tanh(x)), ops.tanh(pool(x))];
  },
  "a mean of windows is linear"(device, [n, c, h, w], seed) {
    const [x, y] = [seed, seed + 1].map((seed) =>
      tensor(device, [n, c, h + 3, w + 3], seed)
    );
    const pool = (x: Tensor) => ops.avgPool2d(x, [3, 2], { padding: 1 });
    return [pool(mixed(x, y)), mixed(pool(x), pool(y))];
  },
  "a product's transpose is that of the transposes, exchanged"(
    device,
    [a, b, c],
    seed,
  ) {
    const left = tensor(device, [a, 9 * b], seed);
    const right = tensor(device, [9 * b, c], seed + 1);
    const turned = (x: Tensor) => ops.transpose(x, 0, 1);
    return [
      turned(ops.matmul(left, right)),
      ops.matmul(turned(right), turned(left)),
    ];
  },
  "a linear layer is a product"(device, [n, i, o], seed) {
    const x = tensor(device, [n, 5 * i], seed);
    const weight = tensor(device, [3 * o, 5 * i], seed + 1);
    return [
      ops.linear(x, weight, null),
      ops.matmul(x, ops.transpose(weight, 0, 1)),
    ];
  },
  "probabilities add up to 1"(device, [n, c, h], seed) {
    const x = ops.mul(tensor(device, [n, c, h], seed), 30);
    const sums = ops.sum(ops.softmax(x, 1), { dim: 1 });
    return [sums, ops.add(ops.mul(sums, 0), 1)];
  },
  "the logarithm of probabilities is logSoftmax"(device, [n, c], seed) {
    const x = tensor(device, [n, c], seed);
    return [ops.log(ops.softmax(x, 1)), ops.logSoftmax(x, 1)];
  },
  "a gradient that was spread is the sum over what it was spread to"(
    device,
    [n, c, h, w],
    seed,
  ) {
    const x = tensor(device, [n, c, h, w], seed);
    const gain = tensor(device, [c, 1, w], seed + 1, true);
    using tape = new Tape();
    tape.backward(ops.sum(ops.mul(x, gain)));
    return [
      gain.grad!,
      tape.keep(ops.sum(x, { dim: [0, 2], keepdim: true }).reshape([c, 1, w])),
    ];
  },
  "parts that are joined are the whole"(device, [n, c, h], seed) {
    const x = tensor(device, [n, c + 1, h], seed);
    const parts = [ops.slice(x, 1, 0, c), ops.slice(x, 1, c)];
    return [ops.concat(parts, 1), x];
  },
  "a normalised batch has mean 0 and variance 1"(device, [n, c, h, w], seed) {
    const x = tensor(device, [n + 1, c, h + 1, w + 1], seed);
    const all = (value: number) =>
      Tensor.from(device, Array(c).fill(value), [c]);
    const output = ops.batchNorm2d(x, {
      weight: all(1),
      bias: all(0),
      runningMean: all(0),
      runningVar: all(1),
      training: true,
    });
    const squares = ops.mean(ops.square(output), { dim: [0, 2, 3] });
    const means = ops.mean(output, { dim: [0, 2, 3] });
    return [ops.concat([means, squares]), ops.concat([all(0), all(1)])];
  },
};

/** Checks every law for so many draws. */
async function checkLaws(device: Device, runs: number): Promise<void> {
  const draws = fc.tuple(
    fc.tuple(from(1, 5), from(1, 5), from(1, 9), from(1, 9)),
    from(1, 1e6),
  );
  for (const [name, law] of Object.entries(laws)) {
    for (const [sizes, seed] of fc.sample(draws, { numRuns: runs, seed: 2 })) {
      const [one, other] = law(device, sizes, seed);
      const values = [await one.data(), await other.data()];
      assertClose(values[0], values[1], TOLERANCE, `${name}: ${sizes}`);
    }
  }
}

Deno.test("cpu: the laws hold", async () => {
  const split = { splitFrom: 0, winogradFrom: 0 };
  using device = CpuDevice.open({ threads: 2, poison: true, ...split });
  await checkLaws(device, 10);
});

webGpuTest("webgpu: the laws hold", (device) => checkLaws(device, 2));

Deno.test("evaluation changes no statistics, and repeats itself", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const layers = [new Conv2d(2, 3, 3), new BatchNorm2d(3), new Dropout(0.5)];
  const model = new Sequential(...layers).to(device).eval();
  const stateOf = async () =>
    JSON.stringify(
      [...await model.stateDict()].map(([name, { data }]) => [
        name,
        [...data].map(String),
      ]),
    );
  const before = await stateOf();
  const x = tensor(device, [4, 2, 6, 5], 1);
  const first = await model.forward(x).data();
  const second = await model.forward(x).data();
  assertClose(first, second, { atol: 0, rtol: 0 }, "the second output");
  if (await stateOf() !== before) throw new Error("the state has changed");
});
