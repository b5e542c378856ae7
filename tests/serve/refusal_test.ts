import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodePng } from "../../src/digits/mod.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { isPermitted, needs } from "../permissions.ts";
import {
  metric,
  openService,
  predictionsOf,
  predictRequest,
} from "./_service.ts";

needs(import.meta.url, "read");

// Without the permission all tests are ignored, and the file must load.
const opened = isPermitted("read")
  ? await openService({ maxBody: 100_000, maxImages: 8 })
  : {} as Awaited<ReturnType<typeof openService>>;
const { service } = opened;
addEventListener("unload", () => opened.device?.[Symbol.dispose]());

const good = new Uint8Array(testDigit(0));
const png = new Uint8Array(
  await encodePng({ width: 28, height: 28, data: good }),
);
const raw = "application/octet-stream";

/** A PNG that says it has this many columns and rows. */
function pngOfSize(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(png);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const form = (...parts: BlobPart[]): FormData => {
  const form = new FormData();
  for (const part of parts) form.append("digit", new Blob([part]), "d.png");
  return form;
};

const images = (...images: unknown[]): string => JSON.stringify({ images });

const row = new Array(784).fill(0);

const refused: [
  name: string,
  status: number,
  message: RegExp,
  body: BodyInit,
  type: string | null,
][] = [
  ["an empty body", 400, /784 bytes an image, got 0 bytes/, "", raw],
  ["a byte too much", 400, /got 785 bytes/, new Uint8Array(785), raw],
  [
    "too many raw images",
    413,
    /1 to 8 in a request, got 9/,
    new Uint8Array(9 * 784),
    raw,
  ],
  [
    "a body that is too long",
    413,
    /at most 100000 bytes/,
    new Uint8Array(100_001),
    raw,
  ],
  ["a body without a type", 415, /Content-Type/, png, null],
  ["text", 415, /got text\/plain/, "7", "text/plain"],
  ["an empty picture", 422, /got an empty file/, "", "image/png"],
  ["a picture that is none", 422, /got something else/, "hello", "image/png"],
  ["half a PNG", 422, /cut off PNG/, png.slice(0, 60), "image/png"],
  [
    "half a JPEG",
    422,
    /cut off JPEG/,
    Uint8Array.of(255, 216, 255, 224, 0, 16),
    "image/jpeg",
  ],
  [
    "a PNG of 4 gigapixels",
    422,
    /25 million, got 65535 × 65535/,
    pngOfSize(65_535, 65_535),
    "image/png",
  ],
  [
    "a PNG of 49 megapixels, which predict would read",
    422,
    /25 million, got 7000 × 7000/,
    pngOfSize(7000, 7000),
    "image/png",
  ],
  [
    "a blank picture",
    422,
    /nothing that stands out/,
    new Uint8Array(
      await encodePng({ width: 9, height: 9, data: new Uint8Array(81) }),
    ),
    "image/png",
  ],
  ["a form of nothing", 400, /1 to 8 in a request, got 0/, form(), null],
  [
    "a form with a damaged picture",
    422,
    /d.png: .*cut off PNG/,
    form(png, png.slice(0, 60)),
    null,
  ],
  [
    "a form of too many",
    413,
    /got 9/,
    form(...new Array(9).fill(png)),
    null,
  ],
  [
    "a form without a boundary",
    400,
    /parts of multipart/,
    "x",
    "multipart/form-data",
  ],
  [
    "a form cut off",
    400,
    /1 to 8 in a request, got 0/,
    '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx',
    "multipart/form-data; boundary=b",
  ],
  ["half of JSON", 400, /JSON: expected/, '{"images": [', "application/json"],
  [
    "JSON that is no text",
    400,
    /UTF-8/,
    Uint8Array.of(255, 254),
    "application/json",
  ],
  ["null", 400, /an object/, "null", "application/json"],
  ["an array", 400, /an object/, "[1]", "application/json"],
  [
    "brackets without end",
    400,
    /JSON/,
    "[".repeat(90_000),
    "application/json",
  ],
  ["no images", 400, /1 to 8/, images(), "application/json"],
  [
    "nine images",
    413,
    /got 9/,
    images(...new Array(9).fill([])),
    "application/json",
  ],
  [
    "a short image",
    400,
    /images\[1\]: expected 784/,
    images(row, [1]),
    "application/json",
  ],
  [
    "a pixel that is a word",
    400,
    /images\[0\]/,
    images([...row.slice(1), "1"]),
    "application/json",
  ],
  [
    "a pixel that is too light",
    400,
    /images\[0\]/,
    images([...row.slice(1), 256]),
    "application/json",
  ],
  [
    "rows of different lengths",
    400,
    /images\[0\]/,
    images([...new Array(27).fill(row.slice(0, 28)), []]),
    "application/json",
  ],
];

for (const [name, status, message, body, type] of refused) {
  Deno.test(`${name} is refused by ${status}`, async () => {
    const response = await service.fetch(predictRequest(body, type));
    const { error } = await response.json();
    assertEquals([response.status, typeof error], [status, "string"]);
    assertMatch(error, message);
    assertMatch(error, /^[^\n]* Help: [^\n]*$/);
    assertEquals(response.headers.get("content-type"), "application/json");
  });
}

Deno.test("a body without a length is refused where it gets too long", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      sent += 10_000;
      controller.enqueue(new Uint8Array(10_000));
    },
  });
  const response = await service.fetch(predictRequest(endless, raw));
  assertEquals(response.status, 413);
  await response.body?.cancel();
  assert(sent < 200_000, `${sent} bytes were read`);
});

Deno.test("a body that does not arrive is refused by 408", async () => {
  using own = await openService({ timeout: 0.05 });
  const stuck = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new Uint8Array(10));
    },
  });
  const response = await own.service.fetch(predictRequest(stuck, raw));
  assertEquals(response.status, 408);
  assertMatch((await response.json()).error, /within 0.05 seconds/);
});

Deno.test("more requests than there may be get a 503", async () => {
  using own = await openService({ maxRequests: 3 });
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const slow = own.service.fetch(predictRequest(readable, raw));
  const others = [0, 1, 2, 3].map(() =>
    own.service.fetch(predictRequest(good, raw))
  );
  const answers = await Promise.all(others);
  assertEquals(answers.map(({ status }) => status), [200, 200, 503, 503]);
  assertEquals(answers[3].headers.get("retry-after"), "1");
  assertMatch((await answers[3].json()).error, /^3 requests wait\. Help: /);
  for (const answer of answers.slice(0, 3)) await answer.body?.cancel();
  const writer = writable.getWriter();
  await Promise.all([writer.write(good), writer.close()]);
  assertEquals((await predictionsOf(await slow)).length, 1);
  assertEquals(await metric(own.service, "open_requests"), 0);
});

const get = (
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
) => service.fetch(new Request(url, { headers, method }));

Deno.test("paths and methods that there are not", async () => {
  for (
    const path of ["/x", "/predict/", "//etc/passwd", "/..%2f..%2fdeno.json"]
  ) {
    const response = await get(`http://localhost${path}`);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
  const wrong = await get("http://localhost/predict");
  assertEquals([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
  await wrong.body?.cancel();
  const posted = await get("http://localhost/health", {}, "POST");
  assertEquals([posted.status, posted.headers.get("allow")], [405, "GET"]);
  await posted.body?.cancel();
});

Deno.test("hosts of other names and foreign pages are refused", async () => {
  using own = await openService({ names: ["digits.example"] });
  const statuses: Record<string, number> = {};
  const ask = async (host: string, origin?: string) => {
    const headers = { host, ...origin === undefined ? {} : { origin } };
    const request = new Request("http://localhost/health", { headers });
    const response = await own.service.fetch(request);
    await response.body?.cancel();
    statuses[`${host} ${origin ?? ""}`.trim()] = response.status;
  };
  await ask("localhost:8000");
  await ask("127.0.0.1:8000", "http://127.0.0.1:8000");
  await ask("[::1]:8000");
  await ask("192.168.1.7");
  await ask("digits.example", "https://digits.example");
  await ask("evil.example");
  await ask("localhost.evil.example");
  await ask("127.0.0.1.evil.example");
  await ask("not a host");
  await ask("localhost:8000", "http://evil.example");
  await ask("localhost:8000", "http://localhost:9000");
  await ask("localhost:8000", "null");
  assertEquals(statuses, {
    "localhost:8000": 200,
    "127.0.0.1:8000 http://127.0.0.1:8000": 200,
    "[::1]:8000": 200,
    "192.168.1.7": 200,
    "digits.example https://digits.example": 200,
    "evil.example": 421,
    "localhost.evil.example": 421,
    "127.0.0.1.evil.example": 421,
    "not a host": 421,
    "localhost:8000 http://evil.example": 403,
    "localhost:8000 http://localhost:9000": 403,
    "localhost:8000 null": 403,
  });
});

Deno.test("health, numbers and the document are there", async () => {
  const health = await get("http://localhost/health");
  const { classes, status } = await health.json();
  assertEquals([health.status, status, classes], [200, "ok", 10]);
  const numbers = await get("http://localhost/metrics");
  const text = await numbers.text();
  assertMatch(text, /^requests_total\{path="\/health",status="200"\} \d+$/m);
  assertMatch(text, /^requests_total\{path="other",status="404"\} \d+$/m);
  assertMatch(text, /^request_seconds_bucket\{le="\+Inf"\} \d+$/m);
  for (const line of text.trimEnd().split("\n")) {
    assertMatch(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  }
});

Deno.test("the document names every path, and every status of predict", async () => {
  const document = await (await get("http://localhost/openapi.json")).json();
  assertEquals(document.openapi, "3.1.0");
  for (const [path, methods] of Object.entries<object>(document.paths)) {
    for (const method of Object.keys(methods)) {
      const request = new Request(`http://localhost${path}`, {
        method: method.toUpperCase(),
      });
      const { body, status } = await service.fetch(request);
      await body?.cancel();
      assert(![404, 405].includes(status), `${method} ${path}`);
    }
  }
  const { content } = document.paths["/predict"].post.requestBody;
  assertEquals(Object.keys(content).sort(), [
    ...["application/json", "application/octet-stream", "image/*"],
    "multipart/form-data",
  ]);
  const told = Object.keys(document.paths["/predict"].post.responses);
  const seen = new Set(refused.map(([, status]) => String(status)));
  assertEquals([...seen].filter((status) => !told.includes(status)), []);
});

Deno.test("a service that is ending refuses, and answers what is here", async () => {
  using own = await openService();
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const here = own.service.fetch(predictRequest(readable, raw));
  const end = own.service.end();
  const late = await own.service.fetch(predictRequest(good, raw));
  const health = await own.service.fetch(
    new Request("http://localhost/health"),
  );
  assertEquals([late.status, health.status], [503, 503]);
  await Promise.all([late.body?.cancel(), health.body?.cancel()]);
  const writer = writable.getWriter();
  await Promise.all([writer.write(good), writer.close()]);
  assertEquals((await predictionsOf(await here)).length, 1);
  await end;
});

Deno.test("without a bundler there is no page, in one line", async () => {
  using own = await openService();
  const bundle = Object.getOwnPropertyDescriptor(Deno, "bundle")!;
  Object.defineProperty(Deno, "bundle", { ...bundle, value: undefined });
  const response = await own.service.fetch(new Request("http://localhost/"));
  Object.defineProperty(Deno, "bundle", bundle);
  assertEquals(response.status, 503);
  const { error } = await response.json();
  assertMatch(error, /^the page cannot be made: got [^\n]* Help: [^\n]*$/);
});
