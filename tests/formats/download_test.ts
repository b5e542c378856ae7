import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../src/base/errors.ts";
import { download } from "../../src/formats/download.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("net");

/** A server that sends a piece again and again until nobody listens. */
function endless(piece: Uint8Array<ArrayBuffer>, wait: number) {
  let sent = 0;
  const server = Deno.serve({ port: 0, onListen: () => {} }, () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        await new Promise((done) => setTimeout(done, wait));
        controller.enqueue(piece);
        sent += piece.length;
      },
    }, { highWaterMark: 0 });
    return new Response(body);
  });
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}/`,
    sent: () => sent,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

permittedTest("a download ends where more comes than is taken", async () => {
  await using server = endless(new Uint8Array(1000), 0);
  const pieces = download(server.url, { timeout: 5000, most: 100_000 });
  let taken = 0;
  await assertRejects(
    async () => {
      for await (const { length } of pieces) taken += length;
    },
    DataError,
    "more than 100000 bytes",
  );
  assertEquals(taken <= 100_000, true);
});

permittedTest("a download ends where bytes come, but hardly", async () => {
  await using server = endless(new Uint8Array(1), 20);
  const limits = { timeout: 5000, most: 100_000, grace: 100 };
  await assertRejects(
    () => Array.fromAsync(download(server.url, limits)),
    DataError,
    "less than 10000 bytes a second",
  );
  assertEquals(server.sent() < 1000, true);
});
