import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DataError, Linear, scale, SGD, ShapeError } from "../../mod.ts";
import { mean, mul, sub, Tape, Tensor } from "../../mod.ts";
import {
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  type DatasetItem,
  type ItemDataset,
  TensorDataset,
} from "../../src/data/mod.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  Compose,
  Normalize,
  RandomAffine,
  ToTensor,
} from "../../src/transforms/mod.ts";
import { deviceTest } from "../_devices.ts";

const images = new TensorDataset(
  Uint8Array.from({ length: 7 * 16 }, (_, i) => i * 37 % 256),
  [0, 1, 2, 3, 4, 5, 6],
  { rowShape: [1, 4, 4], classes: 7, divisor: 255 },
);

const curve = new TensorDataset(
  Float32Array.from({ length: 14 }, (_, i) => Math.sin(i)),
  Float32Array.from({ length: 21 }, (_, i) => Math.cos(i)),
  { rowShape: [2], targetShape: [3] },
);

/** The same rows by index: at once, or in promises that settle out of order. */
function streamed(dataset: TensorDataset, isAsync: boolean): ItemDataset {
  const { inputs: { divisor, rowShape }, length, targets } = dataset;
  return {
    ...{ length, rowShape, divisor, classes: targets.classes },
    targetShape: targets.rowShape,
    get(index) {
      if (!isAsync) return dataset.get(index);
      return new Promise<DatasetItem>((resolve) =>
        setTimeout(() => resolve(dataset.get(index)), 3 * index % 5)
      );
    },
  };
}

function open(
  device: Device,
  dataset: Dataset,
  options: DataLoaderOptions = {},
): DataLoader {
  const order = { batchSize: 3, seed: 3, shuffle: true };
  return new DataLoader(dataset, { device, ...order, ...options });
}

async function valuesOf([inputs, targets]: Batch) {
  return [await inputs.data(), await targets.data()];
}

async function epochOf(loader: DataLoader) {
  const epoch = [];
  for await (const batch of loader) epoch.push(await valuesOf(batch));
  return epoch;
}

const transforms = {
  plain: undefined,
  normalised: new Compose([new ToTensor(), new Normalize(0.5, 0.25)]),
  random: new Compose([new RandomAffine({ degrees: 90 }), new ToTensor()]),
};

for (const isAsync of [false, true]) {
  const how = isAsync ? "promises" : "items at once";
  deviceTest(
    `${how} make the batches of arrays, bit for bit`,
    async (device) => {
      for (const transform of Object.values(transforms)) {
        using resident = open(device, images, { transform });
        using stream = open(device, streamed(images, isAsync), { transform });
        for (let epoch = 0; epoch < 2; epoch++) {
          assertEquals(await epochOf(stream), await epochOf(resident));
        }
      }
      using resident = open(device, curve);
      using stream = open(device, streamed(curve, isAsync));
      const epoch = await epochOf(stream);
      assertEquals(epoch, await epochOf(resident));
      assert(epoch[0][1] instanceof Float32Array);
    },
  );
}

deviceTest("first(), states and loops at once are the same", async (device) => {
  using resident = open(device, images, { transform: transforms.random });
  using stream = open(device, streamed(images, false), {
    transform: transforms.random,
  });
  const first = await valuesOf(resident.first());
  assertEquals(await valuesOf(stream.first()), first);
  for (const _batch of stream) if (stream.state.batch === 1) break;
  for (const _batch of resident) if (resident.state.batch === 1) break;
  assertEquals(stream.state, resident.state);
  using resumed = open(device, streamed(images, true), {
    transform: transforms.random,
    seed: 99,
  });
  const { state } = resident;
  for (const loader of [resumed, stream, resident]) loader.state = state;
  const rest = await epochOf(resident);
  assertEquals(rest.length, 2);
  assertEquals(await epochOf(resumed), rest);
  const now = [];
  for (const batch of stream) now.push(await valuesOf(batch));
  assertEquals(now, rest);
});

deviceTest("batches have two buffers in turn, and no more", async (device) => {
  using loader = open(device, streamed(images, false));
  await epochOf(loader);
  const { allocations, bindGroups } = device.counters;
  const buffers = new Set<unknown>();
  for await (const [inputs] of loader) buffers.add(inputs.buffer);
  assertEquals(device.counters.allocations, allocations);
  assertEquals(device.counters.bindGroups, bindGroups);
  assertEquals(buffers.size, 2); // A full batch, and the short one.
});

deviceTest("a disposed loader's buffers are another's", async (device) => {
  const run = async () => {
    using loader = open(device, streamed(images, false));
    await epochOf(loader);
  };
  await run();
  const { allocations } = device.counters;
  await run();
  assertEquals(device.counters.allocations, allocations);
});

deviceTest("the next batch is fetched while one is in use", async (device) => {
  const asked: number[] = [];
  const watched: ItemDataset = {
    ...streamed(images, false),
    get(index) {
      asked.push(index);
      return images.get(index);
    },
  };
  using loader = open(device, watched, { shuffle: false });
  const seen: number[] = [];
  for await (const _batch of loader) seen.push(asked.length);
  assertEquals(seen, [6, 7, 7]);
});

deviceTest(
  "an epoch that was left does not disturb the next",
  async (device) => {
    using loader = open(device, streamed(images, true), { shuffle: false });
    using resident = open(device, images, { shuffle: false });
    const expected = await epochOf(resident);
    for await (const _batch of loader) break;
    assertEquals(await epochOf(loader), expected);
  },
);

deviceTest("training on a stream has the same bits", async (device) => {
  const train = async (dataset: Dataset) => {
    using loader = open(device, dataset);
    const model = new Linear(2, 3).to(device, { seed: 0 });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const [inputs, targets] of loader) {
        using tape = new Tape();
        const error = sub(model.forward(inputs), targets);
        optimizer.zeroGrad();
        tape.backward(mean(mul(error, error)));
        optimizer.step();
      }
    }
    return await model.stateDict();
  };
  const expected = await train(curve);
  assertEquals(await train(streamed(curve, false)), expected);
  assertEquals(await train(streamed(curve, true)), expected);
});

deviceTest(
  "an item that fails is named, in its epoch's order",
  async (device) => {
    const cause = new Error("disk on fire");
    for (const isAsync of [false, true]) {
      const good = streamed(images, isAsync);
      const failing: ItemDataset = {
        ...good,
        get(index) {
          if (index < 4) return good.get(index);
          if (isAsync) return Promise.reject(cause);
          throw cause;
        },
      };
      using loader = open(device, failing, { shuffle: false });
      let batches = 0;
      const running = async () => {
        for await (const _batch of loader) batches++;
      };
      const error = await assertRejects(
        running,
        DataError,
        "data set: item 4: expected an item, got an error: disk on fire. Help: ",
      );
      assertEquals([error.cause, batches], [cause, 1]);
    }
  },
);

deviceTest("items that do not fit are named", async (device) => {
  const pixels = new Uint8Array(16);
  const cases: [item: unknown, kind: new () => Error, message: string][] = [
    [
      [new Uint8Array(3), 0],
      ShapeError,
      "data set: input of item 4: expected 16 numbers, of shape [1, 4, 4], got 3",
    ],
    [
      [pixels, [1, 2]],
      ShapeError,
      "data set: target of item 4: expected 1 numbers, of shape [], got 2",
    ],
    [[pixels, 7], RangeError, "data set: target of item 4: label of row 0"],
    [[new Float32Array(16), 0], TypeError, "input of item 4: expected a Uint8"],
    [[pixels], TypeError, "item 4: expected [input, target], got 1 values"],
    [undefined, TypeError, "item 4: expected [input, target], got undefined"],
    [[undefined, 0], ShapeError, "input of item 4: expected 16 numbers"],
    [
      [Tensor.zeros(device, [16]), 0],
      ShapeError,
      "input of item 4: expected 16 numbers, of shape [1, 4, 4], got Tensor([16], f32",
    ],
    [
      [Array(16).fill("0"), 0],
      ShapeError,
      "input of item 4: expected 16 numbers, of shape [1, 4, 4], got 0,0,",
    ],
  ];
  for (const [item, kind, message] of cases) {
    using loader = open(device, {
      ...streamed(images, false),
      get: (index) => index === 4 ? item as DatasetItem : images.get(index),
    }, { shuffle: false });
    await assertRejects(() => epochOf(loader), kind, message);
  }
});

deviceTest("a data set without the shape of its rows is refused", (device) => {
  const list = [[[1, 2], 0], [[3, 4], 1]];
  for (const dataset of [list, { length: 2, get: () => list[0] }]) {
    assertThrows(
      () => new DataLoader(dataset as never, { device, batchSize: 1 }),
      ShapeError,
      "shape of a data set's rows or targets: expected an array of positive whole numbers, got undefined",
    );
  }
});

deviceTest("promises need `for await`", (device) => {
  using loader = open(device, streamed(images, true));
  assertThrows(() => [...loader], TypeError, "Help: Loop with `for await`");
  assertThrows(() => loader.first(), TypeError, "got a promise");
});

deviceTest("numbers and plain arrays are items too", async (device) => {
  const squares: ItemDataset = {
    length: 3,
    rowShape: [],
    targetShape: [2],
    get: (index) => [index, [index * index, -index]],
  };
  using loader = new DataLoader(squares, { device, batchSize: 3 });
  const [inputs, targets] = loader.first();
  assertEquals([inputs.shape, targets.shape], [[3], [3, 2]]);
  assertEquals(await inputs.data(), new Float32Array([0, 1, 2]));
  assertEquals(await targets.data(), new Float32Array([0, -0, 1, -1, 4, -2]));
});

deviceTest("a function transforms batches on the device", async (device) => {
  const double = (inputs: Batch[0]) => scale(inputs.flatten(1), 2);
  for (const dataset of [images, streamed(images, true)]) {
    using plain = open(device, images);
    const [first] = await epochOf(plain);
    const doubled = first[0].map((value: number) => 2 * value);
    using loader = open(device, dataset, { transform: double });
    const [changed] = await epochOf(loader);
    assertEquals(changed, [doubled, first[1]]);
    const shapes = [];
    for await (const [inputs] of loader) shapes.push(inputs.shape);
    assertEquals(shapes, [[3, 16], [3, 16], [1, 16]]);
  }
  using loader = open(device, images, { transform: double });
  using plain = open(device, images);
  const [inputs] = plain.first();
  const expected = (await inputs.data()).map((value) => 2 * value);
  assertEquals(await loader.first()[0].data(), expected);
});

Deno.test("Compose has functions after its transforms", () => {
  const double = (inputs: Batch[0]) => scale(inputs, 2);
  const composed = new Compose([new ToTensor(), double]);
  assertEquals(String(composed), "Compose(\n    ToTensor()\n    double()\n)");
  assertThrows(
    () => new Compose([double, new ToTensor()]),
    TypeError,
    "then functions, got function, to tensor. Help: ",
  );
});

deviceTest("a function that loses rows is refused", (device) => {
  const lose = (inputs: Batch[0]) => inputs.reshape([1, -1]);
  using loader = open(device, images, { transform: lose });
  assertThrows(
    () => loader.first(),
    ShapeError,
    "Compose: result of lose(): expected a batch of 3 rows, got [1, 48]",
  );
});

deviceTest("options that do not exist are refused", (device) => {
  const untyped = { device, batch_size: 3 } as DataLoaderOptions;
  assertThrows(
    () => new DataLoader(images, untyped),
    TypeError,
    "DataLoader: unknown option batch_size, did you mean batchSize?",
  );
});
