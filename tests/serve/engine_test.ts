/** The page's engine as it is in the worker, without a browser. */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { FormatError, StateDictError } from "../../src/base/errors.ts";
import { encodeSafetensors } from "../../src/formats/safetensors.ts";
import { encodeNpz, type HostTensor } from "../../src/formats/mod.ts";
import { OwnDisposableStack } from "../../src/serve/engine/disposal.ts";
import { PageEngine } from "../../src/serve/engine/engine.ts";
import { readOwnImages } from "../../src/serve/engine/own_images.ts";
import type { EngineEvent } from "../../src/serve/engine/protocol.ts";
import { see } from "../../src/serve/engine/see.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  ConvolutionalNeuralNetwork,
  readShippedWeights,
} from "../../src/models/mod.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read");

// Without the permission all tests are ignored, and the file must load.
const { metadata, tensors } = isPermitted("read")
  ? await readShippedWeights()
  : { metadata: {}, tensors: new Map<string, HostTensor>() };
const shipped = new Uint8Array(encodeSafetensors(tensors, metadata));

/** An engine whose page has these files; what is no file is not found. */
function engineOf(
  files: Readonly<Record<string, Response>>,
  tell: (event: EngineEvent) => void = () => {},
) {
  const { fetch } = globalThis;
  const all: Record<string, Response> = {
    "model.safetensors": new Response(shipped),
    ...files,
  };
  globalThis.fetch = (name) =>
    Promise.resolve(all[String(name)] ?? new Response("", { status: 404 }));
  const engine = new PageEngine(tell);
  return {
    engine,
    [Symbol.dispose]() {
      globalThis.fetch = fetch;
    },
  };
}

const settings = { network: "mlp", lr: 0.001, batchSize: 100 } as const;
const image = { kind: "image", pixels: testDigit(0) } as const;

Deno.test("engine: without a network there is nothing to look with", async () => {
  using page = engineOf({});
  assertThrows(() => page.engine.look(image), Error, "there is no network yet");
  await page.engine.stop();
  await page.engine.pause(true);
});

Deno.test("engine: weights that do not fit are refused, and the device is closed", async () => {
  using page = engineOf({});
  const file = (own: [string, HostTensor][], more: Record<string, string>) => ({
    name: "own.safetensors",
    bytes: new Uint8Array(encodeSafetensors(own, { ...metadata, ...more })),
  });
  const part = [...tensors].slice(1);
  const lacking = await assertRejects(
    () => page.engine.open("cpu", file(part, { network: "cnn" })),
    StateDictError,
  );
  assertMatch(lacking.message, /own\.safetensors/);
  await assertRejects(
    () =>
      page.engine.open(
        "cpu",
        file([...tensors], { input_shape: "3,32,32" }),
      ),
    FormatError,
    "own.safetensors: expected a network for 28 × 28 grey pixels, " +
      "got one for 3 × 32 × 32. Help: ",
  );
});

/** Images as the page's file has them. */
function imagesFile(names = ["images", "labels"]): Response {
  const count = 200;
  const pixels = new Uint8Array(count * 784);
  for (let row = 0; row < count; row++) {
    pixels.set(testDigit(row % 100), row * 784);
  }
  const classes = Uint8Array.from(
    { length: count },
    (_, row) => labels[row % 100],
  );
  const shape = [count, 1, 28, 28];
  return new Response(
    new Uint8Array(encodeSafetensors([
      [names[0], { dtype: "U8", shape, data: pixels }],
      [names[1], { dtype: "U8", shape: [count], data: classes }],
    ])),
  );
}

Deno.test("engine: images that the page has not are an error that says why", async () => {
  const refusal = JSON.stringify({ error: "the data set is damaged" });
  const cases: [file: Response, message: string][] = [
    [new Response(refusal, { status: 503 }), "the data set is damaged"],
    [
      new Response("<h1>Not Found</h1>", { status: 404 }),
      "the images to train on: status 404",
    ],
    [imagesFile(["pictures", "labels"]), "the page's images have no images"],
    [imagesFile(["images", "classes"]), "the page's images have no labels"],
  ];
  for (const [file, message] of cases) {
    using page = engineOf({ "training.safetensors": file });
    await assertRejects(() => page.engine.train(settings), Error, message);
  }
});

Deno.test({
  name: "engine: another network ends the training of the one before",
  // Like the page, the engine closes its last device with the worker.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const begun = Promise.withResolvers<void>();
    using page = engineOf(
      { "training.safetensors": imagesFile() },
      ({ kind }) => kind === "begun" && begun.resolve(),
    );
    const { engine } = page;
    const { device, network } = await engine.open("cpu", null);
    assertEquals(network, "cnn");
    const training = engine.train(settings);
    await begun.promise;
    await engine.pause(true);
    const about = await engine.open("cpu", null);
    assertEquals((await training).network, "mlp");
    assertEquals([about.network, about.device], ["cnn", device]);
    const [{ index }] = await engine.look(image);
    assertEquals(index, labels[0]);
  },
});

Deno.test("engine: a photo of nothing has no digits", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const pixels = new Uint8ClampedArray(20 * 20 * 4).fill(255);
  const photo = { kind: "photo", width: 20, height: 20, pixels } as const;
  assertEquals(await see(device, model, {}, photo), []);
});

Deno.test("engine: images of one's own are bytes, enough, with labels from 0", async () => {
  const pixels = new Uint8Array(120 * 784);
  const classes = (count: number, last: number) =>
    Int32Array.from({ length: count }, (_, row) => row === 5 ? last : 1);
  const npz = async (
    images: HostTensor,
    labels: Int32Array<ArrayBuffer>,
  ) => ({
    name: "own.npz",
    bytes: new Uint8Array(
      await encodeNpz([
        ["x_train", images],
        ["y_train", { dtype: "I32", shape: [labels.length], data: labels }],
      ]),
    ),
  });
  const bytes = (count: number): HostTensor => ({
    dtype: "U8",
    shape: [count, 28, 28],
    data: pixels.subarray(0, count * 784),
  });
  const floats: HostTensor = {
    dtype: "F32",
    shape: [120, 28, 28],
    data: new Float32Array(120 * 784),
  };
  const cases: [HostTensor, Int32Array<ArrayBuffer>, string][] = [
    [
      floats,
      classes(120, 1),
      "expected bytes, 0 (paper) to 255 (ink), got other",
    ],
    [bytes(99), classes(99, 1), "expected at least 100 images, got 99"],
    [bytes(120), classes(120, -1), "expected labels from 0, got -1"],
    [bytes(120), classes(120, 256), "expected labels from 0, got 256"],
  ];
  for (const [images, labels, message] of cases) {
    const file = await npz(images, labels);
    await assertRejects(
      () => readOwnImages([file]),
      FormatError,
      `own.npz: ${message}`,
    );
  }
  const read = await readOwnImages([await npz(bytes(120), classes(120, 9))]);
  assertEquals([read.images.length, read.labels[5]], [120 * 784, 9]);
});

Deno.test("a browser's own stack of disposals ends with its block", () => {
  const ended: number[] = [];
  {
    using stack = new OwnDisposableStack();
    for (const number of [1, 2, 3]) stack.defer(() => ended.push(number));
    assertEquals(ended, []);
  }
  assertEquals(ended, [3, 2, 1]);
});
