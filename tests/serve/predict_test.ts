import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "@std/assert";
import { join } from "@std/path";
import { decode } from "npm:fast-png@8.0.0";
import jpeg from "npm:jpeg-js@0.4.4";
import { encodePng } from "../../src/digits/mod.ts";
import { run } from "../cli/_program.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import {
  metric,
  openService,
  type Predicted,
  predictionsOf,
  predictRequest,
} from "./_service.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const digits = Array.from({ length: 10 }, (_, index) => testDigit(index));

const png = (data: Uint8Array) =>
  encodePng({ width: 28, height: 28, data: new Uint8Array(data) });

/** The same digit as a JPEG. */
function jpegOf(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgba = Array.from(data, (value) => [value, value, value, 255]).flat();
  const image = { width: 28, height: 28, data: Uint8Array.from(rgba) };
  return new Uint8Array(jpeg.encode(image, 95).data);
}

/** Bytes as a body: those of others may be shared memory, to the compiler. */
const bodyOf = (bytes: Uint8Array) => new Uint8Array(bytes);

function assertClose(actual: Predicted[], expected: Predicted[]): void {
  assertEquals(actual.length, expected.length);
  for (const [row, { probabilities }] of expected.entries()) {
    assertEquals(actual[row].probabilities.length, probabilities.length);
    for (const [digit, probability] of probabilities.entries()) {
      assertAlmostEquals(actual[row].probabilities[digit], probability, 1e-4);
    }
  }
}

Deno.test("pictures get the probabilities of the command line", async () => {
  await using folder = await temporaryFolder();
  const files: string[] = [];
  const form = new FormData();
  for (const [index, data] of digits.entries()) {
    const [bytes, ending] = index % 2 === 0
      ? [await png(data), "png"]
      : [jpegOf(data), "jpeg"];
    files.push(join(folder.path, `${index}.${ending}`));
    await Deno.writeFile(files[index], bytes);
    form.append("digits", new Blob([bodyOf(bytes)]), `${index}.${ending}`);
  }
  const { stdout } = await run("predict", ...files, "--json");
  const { pictures } = JSON.parse(stdout);

  using opened = await openService();
  const { service } = opened;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    service.fetch,
  );
  const address = `http://127.0.0.1:${server.addr.port}/predict`;
  const post = async (body: BodyInit, type?: string) =>
    await predictionsOf(
      await fetch(address, {
        method: "POST",
        body,
        headers: type === undefined ? {} : { "content-type": type },
      }),
    );
  assertClose(await post(form), pictures);
  for (const [index, file] of files.entries()) {
    const type = file.endsWith("png") ? "image/png" : "image/jpeg";
    assertClose(await post(await Deno.readFile(file), type), [pictures[index]]);
  }
});

Deno.test("a letter is no digit, as on the command line", async () => {
  await using folder = await temporaryFolder();
  const sheet = new URL("../golden/letters_140.png", import.meta.url);
  const { data, width } = decode(await Deno.readFile(sheet));
  const letters = Array.from(
    { length: 5 },
    (_, letter) =>
      Uint8Array.from({ length: 784 }, (_, pixel) => {
        const [x, y] = [28 * letter + pixel % 28, Math.floor(pixel / 28)];
        return data[y * width + x];
      }),
  );
  const images = [...letters, ...digits.slice(0, 3)];
  const bodies = await Promise.all(images.map(png));
  const files = images.map((_, index) => join(folder.path, `${index}.png`));
  const form = new FormData();
  for (const [index, file] of files.entries()) {
    await Deno.writeFile(file, bodies[index]);
    form.append("digits", new Blob([bodyOf(bodies[index])]), `${index}.png`);
  }
  const { stdout } = await run("predict", ...files, "--json");
  const { pictures } = JSON.parse(stdout) as { pictures: { error?: string }[] };
  const expected = pictures.map(({ error }) => error === undefined);
  assertEquals(expected.slice(5), [true, true, true]);
  assertEquals(expected.slice(0, 5).includes(false), true);

  using opened = await openService();
  const { service } = opened;
  for (const [index, body] of bodies.entries()) {
    const answer = await service.fetch(
      predictRequest(bodyOf(body), "image/png"),
    );
    assertEquals(answer.status, expected[index] ? 200 : 422, `${index}`);
    const { error } = await answer.json();
    if (!expected[index]) assertMatch(error, /got no digit: .* Help: /);
  }
  // Of several, those that are digits are told.
  const request = new Request("http://localhost/predict", {
    method: "POST",
    body: form,
  });
  const found = await predictionsOf(await service.fetch(request));
  assertEquals(found.map(({ is_digit }) => is_digit), expected);
  // What is no picture is looked at as it is.
  const raw = await predictionsOf(
    await service.fetch(predictRequest(letters[0], "application/octet-stream")),
  );
  assertEquals(raw.map(({ is_digit }) => is_digit), [undefined]);
});

Deno.test("pixels, raw or as JSON, are looked at as they are", async () => {
  using opened = await openService();
  const { service } = opened;
  const bytes = digits.flatMap((data) => [...data]);
  const post = async (body: BodyInit, type: string) =>
    await predictionsOf(await service.fetch(predictRequest(body, type)));
  const raw = await post(Uint8Array.from(bytes), "application/octet-stream");
  assertEquals(raw.map(({ digit }) => digit), labels.slice(0, 10));
  for (const { probabilities, probability } of raw) {
    assertAlmostEquals(probabilities.reduce((a, b) => a + b), 1, 1e-5);
    assertEquals(probability, Math.max(...probabilities));
  }
  const rowsOf = (data: Uint8Array) =>
    Array.from(
      { length: 28 },
      (_, row) => [...data.subarray(row * 28, row * 28 + 28)],
    );
  const flat = { images: digits.map((data) => [...data]) };
  const deep = { images: digits.map(rowsOf) };
  assertEquals(await post(JSON.stringify(flat), "application/json"), raw);
  const type = "application/json; charset=utf-8";
  assertEquals(await post(JSON.stringify(deep), type), raw);
});

Deno.test("ten requests that arrive together are one batch", async () => {
  using opened = await openService({ patience: 60_000 });
  const { service } = opened;
  const requests = await Promise.all(
    digits.map(async (data) =>
      predictRequest(bodyOf(await png(data)), "image/png")
    ),
  );
  const answers = await Promise.all(requests.map(service.fetch));
  const found = await Promise.all(answers.map(predictionsOf));
  assertEquals(found.map(([{ digit }]) => digit), labels.slice(0, 10));
  assertEquals(await metric(service, "batch_images_count"), 1);
  assertEquals(await metric(service, "batch_images_sum"), 10);
});

Deno.test("one request that is slow to arrive holds up no other", async () => {
  using opened = await openService({ patience: 60_000, timeout: 30 });
  const { service } = opened;
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  const type = "application/octet-stream";
  const slow = service.fetch(predictRequest(readable, type));
  await predictionsOf(
    await service.fetch(predictRequest(bodyOf(digits[0]), type)),
  );
  const write = writer.write(bodyOf(digits[1]));
  await Promise.all([write, writer.close()]);
  const [{ digit }] = await predictionsOf(await slow);
  assertEquals(digit, labels[1]);
});

Deno.test("more images than a batch holds go in several", async () => {
  using opened = await openService({ maxImages: 4, patience: 60_000 });
  const { service } = opened;
  const type = "application/octet-stream";
  const answers = await Promise.all(
    [0, 1, 2].map((start) =>
      service.fetch(
        predictRequest(
          Uint8Array.from(
            digits.slice(start * 3, start * 3 + 3).flatMap((d) => [...d]),
          ),
          type,
        ),
      )
    ),
  );
  const found = await Promise.all(answers.map(predictionsOf));
  assertEquals(found.flat().map(({ digit }) => digit), labels.slice(0, 9));
  assertEquals(await metric(service, "batch_images_count"), 3);
});

Deno.test("2,000 requests leave memory flat", async () => {
  using opened = await openService();
  const { device, service } = opened;
  const bodies = await Promise.all(digits.map(png));
  const round = async () => {
    const requests = bodies.map((body) =>
      service.fetch(predictRequest(bodyOf(body), "image/png"))
    );
    await Promise.all((await Promise.all(requests)).map(predictionsOf));
  };
  for (let count = 0; count < 20; count++) await round();
  const { allocations, bytes } = device.counters;
  const before = Deno.memoryUsage().rss;
  for (let count = 0; count < 200; count++) await round();
  assertEquals(device.counters.allocations, allocations);
  assertEquals(device.counters.bytes, bytes);
  const grown = (Deno.memoryUsage().rss - before) / 1024 ** 2;
  assert(grown < 64, `${grown} MiB more`);
});
