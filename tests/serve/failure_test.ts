/** What a service and a view of a training do where something else fails. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { DeviceError } from "../../src/base/errors.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import {
  ConvolutionalNeuralNetwork,
  MultilayerPerceptron,
} from "../../src/models/mod.ts";
import { Batcher } from "../../src/serve/_batcher.ts";
import { EventStreams } from "../../src/serve/_event_streams.ts";
import { LivePoints } from "../../src/serve/_live_points.ts";
import { Metrics } from "../../src/serve/_metrics.ts";
import { LiveView, otherRun } from "../../src/serve/live_view.ts";
import handler, { Service } from "../../src/serve/mod.ts";
import { pageFiles } from "../../src/serve/page_files.ts";
import { DEFAULT_SETTINGS } from "../../src/training/mod.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { openService, predictionsOf, predictRequest } from "./_service.ts";

needs(import.meta.url, "read");

const raw = "application/octet-stream";
const good = new Uint8Array(testDigit(0));
const request = (path: string, init?: RequestInit) =>
  new Request(`http://localhost${path}`, init);

/** What is told to the log meanwhile. */
async function logged(run: () => Promise<void>): Promise<unknown[]> {
  const { error } = console;
  const lines: unknown[] = [];
  console.error = (line) => lines.push(line);
  try {
    await run();
  } finally {
    console.error = error;
  }
  return lines;
}

Deno.test("a lost device is told to the log and by /health, until it answers again", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const { forward } = model;
  const service = new Service(device, model, { timeout: 5 });
  for (const lost of [new DeviceError("the device is lost"), new Error("?")]) {
    model.forward = () => {
      throw lost;
    };
    const lines = await logged(async () => {
      const answer = await service.fetch(predictRequest(good, raw));
      assertEquals(answer.status, 500);
      assertEquals(await answer.json(), {
        error: "the server failed; its log says why",
      });
    });
    assertEquals(lines, [lost]);
    const sick = await service.fetch(request("/health"));
    assertEquals(sick.status, 503);
    assertMatch((await sick.json()).error, /^the device is lost\. Help: /);
  }
  model.forward = forward;
  await predictionsOf(await service.fetch(predictRequest(good, raw)));
  const well = await service.fetch(request("/health"));
  assertEquals([well.status, (await well.json()).status], [200, "ok"]);
});

Deno.test("a batch waits no longer than its patience for what is being read", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const sizes: number[] = [];
  const options = { mostImages: 8, patience: 1, temperature: undefined };
  const onBatch = (images: number) => sizes.push(images);
  const batcher = new Batcher(device, model, { ...options, onBatch });
  const image = Float32Array.from(good, (value) => value / 255);
  const late = Promise.withResolvers<Float32Array<ArrayBuffer>[]>();
  const slow = batcher.probabilities(late.promise);
  const [fast] = await batcher.probabilities(Promise.resolve([image]));
  assertEquals(sizes, [1]);
  late.resolve([image, image]);
  for (const one of await slow) assertEquals(Array.from(one), Array.from(fast));
  assertEquals(sizes, [1, 2]);
});

Deno.test("a body that says it is too long is not read, one that breaks off is refused", async () => {
  using own = await openService({ maxBody: 1000 });
  let pulls = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    { pull: () => void pulls++ },
    { highWaterMark: 0 },
  );
  const long = await own.service.fetch(
    predictRequest(body, raw, { "content-length": "1001" }),
  );
  assertEquals([long.status, pulls], [413, 0]);
  assertMatch((await long.json()).error, /^body: expected at most 1000 bytes/);
  for (const reason of [new Error("the wire broke"), "the wire broke"]) {
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (stream) => stream.error(reason),
    });
    const answer = await own.service.fetch(predictRequest(broken, raw));
    assertEquals(answer.status, 400);
    assertEquals(
      (await answer.json()).error,
      "body: expected the whole of it, got the wire broke. Help: Send it again.",
    );
  }
});

Deno.test("limits are above zero", () => {
  using device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  for (const value of [0, -1, NaN]) {
    assertThrows(
      () => new Service(device, model, { timeout: value }),
      RangeError,
      `Service: timeout: expected a number above zero, got ${value}. ` +
        "Help: Leave it out for the default.",
    );
  }
});

Deno.test("HEAD is answered as GET is, and a long name is not repeated whole", async () => {
  using own = await openService();
  const head = await own.service.fetch(request("/health", { method: "HEAD" }));
  assertEquals(head.status, 200);
  await head.body?.cancel();
  const host = `${"x".repeat(100)}.example`;
  const answer = await own.service.fetch(
    request("/health", { headers: { host } }),
  );
  assertEquals(answer.status, 421);
  assertMatch((await answer.json()).error, /, got x{80}…\. Help: /);
  // Without the header the address tells.
  const other = await own.service.fetch(new Request("http://a.example/health"));
  assertMatch((await other.json()).error, /, got a\.example\. Help: /);
});

Deno.test("what took longer than any bucket is counted in the last", () => {
  const metrics = new Metrics();
  metrics.answered("/predict", 200, 7);
  const text = metrics.text({});
  assertMatch(text, /^request_seconds_bucket\{le="5"\} 0$/m);
  assertMatch(text, /^request_seconds_bucket\{le="\+Inf"\} 1$/m);
});

Deno.test("the page's weights name their network where it has a name", async () => {
  class Own extends MultilayerPerceptron {}
  using device = CpuDevice.open({ threads: 1 });
  const contents = { card: {}, samples: [], training: null };
  for (
    const [model, network] of [
      [new MultilayerPerceptron(), "mlp"],
      [new Own(), undefined],
    ] as const
  ) {
    const files = pageFiles(model.to(device, { seed: 0 }), contents);
    const bytes = await files["model.safetensors"].read();
    const { metadata } = decodeSafetensors(bytes, "the page's model");
    assertEquals(metadata.network, network);
  }
});

Deno.test("deno serve's handler opens its network with the first request", async () => {
  const ask = (body: BodyInit) =>
    handler.fetch(
      predictRequest(body, raw),
      {} as Deno.ServeHandlerInfo,
    );
  const [{ digit }] = await predictionsOf(await ask(good));
  assertEquals(digit, 7);
});

Deno.test("a page that reads no longer is given up", async () => {
  const streams = new EventStreams(60_000, () => ({ nothing: "new" }));
  const deaf = streams.open([["start", {}]]);
  assert(streams.isHeard);
  for (let message = 0; message < 64; message++) streams.send("news", {});
  assertEquals(streams.isHeard, false);
  assertEquals((await new Response(deaf).text()).match(/^event/gm)?.length, 64);
});

Deno.test("points without a value stay without one when there are too many", () => {
  const points = new LivePoints();
  const step = { epoch: 1, epochs: 1, steps: 30_000, totalRows: 30_000 };
  const rest = { lr: 0.1, imagesPerSecond: 1, loss: 2 };
  for (let number = 1; number <= 20_001; number++) {
    const own = { step: number, rows: number, readStep: number };
    points.add({ ...step, ...rest, ...own, acc: NaN });
  }
  assertEquals(points.all.length, 10_001);
  assertEquals(points.all[0], [2 / 30_000, 2, null]);
});

Deno.test("another training is drawn with what is known of it", () => {
  const epoch = {
    ...{ epoch: 1, loss: 2, acc: NaN, valLoss: 1, valAcc: 0.5, lr: 0.1 },
    ...{ trainSeconds: 1, evalSeconds: 1, imagesPerSecond: 1 },
  };
  const settings = { ...DEFAULT_SETTINGS, lr: 0.25, batchSize: 7 };
  const run = { name: "before", settings, history: [epoch] };
  const measured = { epoch: 1, loss: 1, accuracy: 0.5 };
  assertEquals(otherRun(run), {
    ...{ name: "before", lr: 0.25, batchSize: 7, best: null },
    trained: [{ epoch: 1, loss: 2, accuracy: null }],
    measured: [measured],
  });
  assertEquals(otherRun({ ...run, best: epoch }).best, measured);
});

Deno.test("a view of nothing yet says so; a mistake in its program is no refusal", async () => {
  const view = new LiveView({
    stop() {},
    runs: () => Promise.reject(new TypeError("a mistake")),
  });
  const ask = (path: string) =>
    view.fetch(new Request(new URL(view.path + path, "http://127.0.0.1:8000")));
  await assertRejects(() => ask("runs.json"), TypeError, "a mistake");
  const events = await ask("events");
  view.end("Finished");
  const text = await events.text();
  assertEquals(text.match(/^event: (.*)$/gm), ["event: news", "event: news"]);
  assertMatch(text, /"status":"Starting","done":0,"numbers":""/);
});
