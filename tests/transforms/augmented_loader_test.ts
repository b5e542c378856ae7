import { assert, assertEquals, assertThrows } from "@std/assert";
import { blur } from "../../kernels/augment/blur.ts";
import { drawNoise } from "../../kernels/augment/noise.ts";
import { warp } from "../../kernels/augment/warp.ts";
import { DataLoader, TensorDataset } from "../../src/data/mod.ts";
import { ShapeError } from "../../src/base/errors.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  Compose,
  ElasticTransform,
  Normalize,
  RandomAffine,
  RandomErasing,
  ToTensor,
  type Transform,
} from "../../src/transforms/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { uniform } from "../reference.ts";

const [rows, channels, height, width] = [7, 2, 9, 8];
const area = height * width;
const pixels = Uint8Array.from(
  uniform(rows * channels * area, 1),
  (value) => (value + 1) * 127,
);
const dataset = new TensorDataset(pixels, [0, 1, 2, 3, 4, 5, 6], {
  rowShape: [channels, height, width],
  classes: 7,
  divisor: 255,
});
const elastic = new ElasticTransform({ alpha: 20, sigma: 0.8 });
const everything = [
  new RandomAffine({ degrees: 20, translate: [0.2, 0.2], shear: 5 }),
  elastic,
  new ToTensor(),
  new Normalize(0.2, 0.5),
  new RandomErasing({ p: 0.7 }),
];

function open(device: Device, transforms: readonly Transform[], seed = 5) {
  const transform = new Compose(transforms);
  const options = { device, batchSize: 3, shuffle: true, seed, transform };
  return new DataLoader(dataset, options);
}

async function imagesOf(loader: DataLoader): Promise<Float32Array[]> {
  const epoch: Float32Array[] = [];
  for await (const [images] of loader) epoch.push(await images.data());
  return epoch;
}

deviceTest("a batch is what the formulas say", async (device) => {
  using loader = open(device, everything);
  const generator = new RandomGenerator(5);
  generator.fork();
  const order = generator.fork().permutation(rows);
  const size = { height, width };
  const draws = Float64Array.from(
    new Compose(everything).draw(generator.fork(), rows, size),
  );
  const weights = Float64Array.from(elastic.weights());
  const epoch = await imagesOf(loader);
  for (const [index, actual] of epoch.entries()) {
    const first = index * 3;
    const batch = Math.min(3, rows - first);
    const cursor = Int32Array.of(first);
    const planes = () => new Float64Array(batch * 2 * area);
    const [noise, across, smooth] = [planes(), planes(), planes()];
    drawNoise.reference({ draws, cursor, noise }, { batch, ...size });
    blur.reference(
      { x: noise, weights, output: across },
      { outer: batch * 2 * height, size: width, inner: 1, factor: 1 },
    );
    blur.reference(
      { x: across, weights, output: smooth },
      { outer: batch * 2, size: height, inner: width, factor: 10 },
    );
    const images = new Float64Array(batch * channels * area);
    for (const [at, row] of order.subarray(first, first + batch).entries()) {
      const start = row * channels * area;
      const image = pixels.subarray(start, start + channels * area);
      images.set(Float64Array.from(image, (v) => v / 255), at * image.length);
    }
    const shape = { batch, channels, ...size, mean: 0.2, std: 0.5, erased: 0 };
    const expected = new Float64Array(images.length);
    const given = { x: images, draws, cursor, displacements: smooth };
    warp.reference({ ...given, output: expected }, shape);
    // Places are rounded, and neighbours differ by up to 2.
    const tolerance = { atol: 1e-4, rtol: 0 };
    assertClose(actual, expected, tolerance, `batch ${index}`);
  }
});

deviceTest("transforms that do nothing change no bit", async (device) => {
  const norm = [new ToTensor(), new Normalize(0.1307, 0.3081)];
  using plain = open(device, norm);
  using still = open(device, [
    new RandomAffine({}),
    new ElasticTransform({ alpha: 0, sigma: 0.8 }),
    ...norm,
    new RandomErasing({ p: 0 }),
  ]);
  assertEquals(await imagesOf(still), await imagesOf(plain));
});

deviceTest("a seed decides, every epoch is another", async (device) => {
  using loader = open(device, everything);
  using same = open(device, everything);
  using other = open(device, everything, 6);
  const first = await imagesOf(loader);
  assertEquals(first, await imagesOf(same));
  assert(differ(first, await imagesOf(other)));
  const second = await imagesOf(loader);
  assert(differ(first, second));
  assertEquals(second, await imagesOf(same));
});

deviceTest("a loader goes on within an epoch", async (device) => {
  using loader = open(device, everything);
  await imagesOf(loader);
  for (const _batch of loader) break;
  const { state } = loader;
  assertEquals(state.batch, 1);
  using whole = open(device, everything);
  await imagesOf(whole);
  const epoch = await imagesOf(whole);
  using resumed = open(device, everything, 99);
  resumed.state = state;
  assertEquals(await imagesOf(resumed), epoch.slice(1));
  assertEquals(await imagesOf(resumed), await imagesOf(whole));
});

deviceTest("what no transform fits is refused", (device) => {
  const points = new TensorDataset(new Float32Array(4), [0, 1], {
    rowShape: [2],
    classes: 2,
  });
  const transform = new Compose(everything);
  assertThrows(
    () => new DataLoader(points, { device, transform }),
    TypeError,
    "rows of shape [2]",
  );
  assertThrows(
    () => open(device, [new ElasticTransform(), new ToTensor()]),
    RangeError,
    "sigma 5, which reaches 20",
  );
});

function differ(left: Float32Array[], right: Float32Array[]): boolean {
  return left.some((batch, i) =>
    batch.some((value, at) => value !== right[i][at])
  );
}

deviceTest(
  "Normalize takes a mean and a std for each channel",
  async (device) => {
    // torchvision: Normalize((0.5, 0.25), (0.5, 0.125)) of ToTensor of these bytes.
    const options = { rowShape: [2, 1, 2], classes: 2, divisor: 255 };
    const data = Uint8Array.of(0, 255, 51, 255, 102, 0, 0, 204);
    const images = new TensorDataset(data, [0, 1], options);
    const normalize = new Normalize([0.5, 0.25], [0.5, 0.125]);
    const transform = new Compose([new ToTensor(), normalize]);
    assertEquals(
      `${normalize}`,
      "Normalize(mean=[0.5, 0.25], std=[0.5, 0.125])",
    );
    using loader = new DataLoader(images, { device, batchSize: 2, transform });
    const expected = [-1, 1, -0.4, 6, -0.2, -1, -2, 4.4];
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const [inputs] of loader) {
        const tolerance = { atol: 1e-6, rtol: 1e-6 };
        assertClose(await inputs.data(), expected, tolerance, "inputs");
      }
    }
    using grey = new DataLoader(images, {
      device,
      transform: new Compose([
        new ToTensor(),
        new Normalize([0, 0, 0], [1, 1, 1]),
      ]),
    });
    assertThrows(
      () => grey.first(),
      ShapeError,
      "inputs: expected 3 channels, got [1, 2, 1, 2]",
    );
  },
);

Deno.test("Normalize refuses what is no mean and std of channels", () => {
  for (const [mean, std] of [[[1, 2], [1]], [[], []], [[1], [0]], [[NaN], 1]]) {
    assertThrows(
      () => new Normalize(mean, std),
      RangeError,
      "Normalize: mean and std: expected finite numbers",
    );
  }
  assertThrows(
    () =>
      new Compose([
        new ToTensor(),
        new Normalize([0, 0], [1, 1]),
        new RandomErasing(),
      ]),
    TypeError,
    "expected RandomErasing before a Normalize with a mean for each channel",
  );
});
