import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import {
  type ArrayDataset,
  DataLoader,
  TensorDataset,
} from "../../src/data/mod.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import { Compose, Normalize, ToTensor } from "../../src/transforms/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

/** Row r has the pixels 2r and 2r + 1, and the label r. */
const dataset = new TensorDataset(
  Uint8Array.from({ length: 14 }, (_, i) => i),
  [0, 1, 2, 3, 4, 5, 6],
  { rowShape: [2], classes: 7, divisor: 255 },
);

async function labelsOf(loader: DataLoader): Promise<number[][]> {
  const epoch: number[][] = [];
  for await (const [, labels] of loader) epoch.push([...await labels.data()]);
  return epoch;
}

deviceTest("batches come in order, the last one short", async (device) => {
  using loader = new DataLoader(dataset, { device, batchSize: 3 });
  assertEquals(loader.length, 3);
  assertEquals(loader.rows, 7);
  const epoch = [[0, 1, 2], [3, 4, 5], [6]];
  assertEquals(await labelsOf(loader), epoch);
  assertEquals(await labelsOf(loader), epoch);
  using whole = new DataLoader(dataset, {
    device,
    batchSize: 3,
    dropLast: true,
  });
  assertEquals(whole.length, 2);
  assertEquals(whole.rows, 6);
  assertEquals(await labelsOf(whole), epoch.slice(0, 2));
});

deviceTest("loaders share a generator as in PyTorch", async (device) => {
  // torch.manual_seed(5)
  // a = DataLoader(range(6), batch_size=6, shuffle=True)
  // b = DataLoader(range(6), batch_size=2)
  // for _ in range(3): print([row.tolist() for row in a]); list(b)
  const six = new TensorDataset(
    new Float32Array(6),
    [0, 1, 2, 3, 4, 5],
    { rowShape: [1], classes: 6 },
  );
  const generator = new RandomGenerator(5);
  const options = { device, generator };
  using train = new DataLoader(six, {
    ...options,
    batchSize: 6,
    shuffle: true,
  });
  using test = new DataLoader(six, { ...options, batchSize: 2 });
  const orders: number[][] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    orders.push(...await labelsOf(train));
    assertEquals(await labelsOf(test), [[0, 1], [2, 3], [4, 5]]);
  }
  assertEquals(orders, [
    [2, 3, 4, 5, 1, 0],
    [4, 5, 2, 3, 0, 1],
    [4, 3, 5, 2, 1, 0],
  ]);
});

deviceTest("a batch takes one kernel, in memory that stays", async (device) => {
  using loader = new DataLoader(dataset, { device, batchSize: 1 });
  await labelsOf(loader);
  const before = device.counters.dispatches;
  const buffers = new Set<unknown>();
  for (const tensors of loader) {
    for (const { buffer } of tensors) buffers.add(buffer);
  }
  assertEquals(device.counters.dispatches - before, loader.length);
  assertEquals(buffers.size, 2);
});

deviceTest("an epoch that was left starts anew", async (device) => {
  using loader = new DataLoader(dataset, { device, batchSize: 3 });
  for (const left of [1, 2]) {
    for (const _batch of loader) if (loader.state.batch === left) break;
    assertEquals(await labelsOf(loader), [[0, 1, 2], [3, 4, 5], [6]]);
  }
});

deviceTest("pixels are divided by 255, then normalised", async (device) => {
  using plain = new DataLoader(dataset, { device, batchSize: 7 });
  using normalised = new DataLoader(dataset, {
    device,
    batchSize: 7,
    transform: new Compose([new ToTensor(), new Normalize(0.5, 0.25)]),
  });
  // Worst measured: 2.4e-7, of GPUs that multiply by 1 / 255.
  const tolerance = { atol: 1e-6, rtol: 0 };
  const pixels = Float64Array.from({ length: 14 }, (_, i) => i / 255);
  for await (const [inputs] of plain) {
    assertEquals(inputs.shape, [7, 2]);
    assertClose(await inputs.data(), pixels, tolerance, "inputs");
  }
  for await (const [inputs] of normalised) {
    const expected = pixels.map((value) => (value - 0.5) / 0.25);
    const actual = await inputs.data();
    assertClose(actual, expected, tolerance, "normalised");
  }
});

deviceTest("a seed decides the order of every epoch", async (device) => {
  const options = { device, batchSize: 3, shuffle: true, seed: 3 };
  using loader = new DataLoader(dataset, options);
  using same = new DataLoader(dataset, options);
  const generator = new RandomGenerator(3);
  const seen: number[][][] = [];
  for (let count = 0; count < 3; count++) {
    generator.fork();
    const order = [...generator.fork().permutation(7)];
    const epoch = await labelsOf(loader);
    assertEquals(epoch.flat(), order);
    assertEquals(await labelsOf(same), epoch);
    seen.push(epoch);
  }
  assertEquals(new Set(seen.map((epoch) => epoch.join())).size, 3);
});

Deno.test("a DataLoader refuses a batch of no rows", () => {
  for (const batchSize of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => new DataLoader(dataset, { device: null!, batchSize }),
      RangeError,
      "DataLoader: batchSize",
    );
  }
});

deviceTest("a loader is set to no batch that an epoch lacks", (device) => {
  using loader = new DataLoader(dataset, { device, batchSize: 3, seed: 1 });
  const { generator } = loader.state;
  for (const batch of [-1, 0.5, 3]) {
    assertThrows(
      () => loader.state = { generator, batch },
      RangeError,
      "DataLoader: state.batch: expected a whole number from 0 to 2, got " +
        `${batch}. Help: Set what a loader of the same data and batch size gave.`,
    );
  }
  assertEquals(loader.state.batch, 0);
});

deviceTest("a loop that another has overtaken is refused", async (device) => {
  const { get, length } = dataset;
  const streamed = {
    get: get.bind(dataset),
    length,
    rowShape: [2],
    classes: 7,
  };
  for (const rows of [dataset, streamed]) {
    using loader = new DataLoader(rows, { device, batchSize: 2 });
    const refused =
      "DataLoader: expected one loop at a time, got another that began meanwhile. Help: ";
    assertThrows(
      () => {
        for (const _outer of loader) {
          for (const _inner of loader) break;
        }
      },
      TypeError,
      refused,
    );
    await assertRejects(
      async () => {
        for await (const _outer of loader) {
          for await (const _inner of loader) break;
        }
      },
      TypeError,
      refused,
    );
    const epoch = [[0, 1], [2, 3], [4, 5], [6]];
    assertEquals(await labelsOf(loader), epoch);
  }
});

deviceTest(
  "a loop that is left hears no more of its device",
  async (device) => {
    const unheard: unknown[] = [];
    const hear = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      unheard.push(event.reason);
    };
    addEventListener("unhandledrejection", hear);
    Object.defineProperty(device, "settle", {
      value: () => Promise.reject(new Error("lost")),
      configurable: true,
    });
    try {
      const pixels = new Float32Array(70);
      const data = new TensorDataset(pixels, pixels, { rowShape: [1] });
      using loader = new DataLoader(data, { device });
      let batches = 0;
      for await (const _batch of loader) {
        if (++batches === 65) break;
      }
      await new Promise((resolve) => setTimeout(resolve));
      assertEquals(unheard, []);
      // One that goes on does hear of it.
      using short = new DataLoader(data, { device });
      await assertRejects(() => labelsOf(short), Error, "lost");
    } finally {
      Reflect.deleteProperty(device, "settle");
      removeEventListener("unhandledrejection", hear);
    }
  },
);

deviceTest("arrays that are no whole data set are refused", (device) => {
  const { inputs, targets } = dataset;
  const wrong: [Partial<ArrayDataset>, string][] = [
    [{ length: 8 }, "numbers for 8 × [2] and 8 × [], got 14 and 7"],
    [
      { inputs: { ...inputs, data: inputs.data.subarray(1) } },
      "numbers for 7 × [2] and 7 × [], got 13 and 7",
    ],
    [
      { targets: { ...targets, rowShape: [2] } },
      "numbers for 7 × [2] and 7 × [2], got 14 and 7",
    ],
  ];
  for (const [part, message] of wrong) {
    const arrays = { length: 7, inputs, targets, ...part };
    assertThrows(
      () => new DataLoader(arrays, { device }),
      ShapeError,
      `data set: inputs and targets: expected ${message}. Help: `,
    );
  }
});
