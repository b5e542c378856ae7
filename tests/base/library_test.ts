/** Libraries that cannot be loaded, with the network and without. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { join } from "@std/path";
import { LibraryError } from "../../src/base/errors.ts";
import { library } from "../../src/base/library.ts";
import {
  bundlerMustBeFetched,
  mustBeFetched,
  setOffline,
} from "../../src/base/offline.ts";
// Names zip.js, which shows where Deno's cache is.
import "../../src/formats/_zip.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("env", "read");

/** What Deno has kept since it loaded this test, and what is nowhere. */
const kept = "npm:deno-std@1.4.0/path/mod.js";
const missing = "npm:@zip.js/zip.js@0.0.1";

/** Runs something as a program does that was started with `--offline`. */
async function offline<T>(run: () => Promise<T>): Promise<T> {
  setOffline(true);
  try {
    return await run();
  } finally {
    setOffline(false);
  }
}

Deno.test("a library that does not load is told by its name", async () => {
  const cause = new TypeError("Import 'npm:a' failed: no network\n  at b");
  const error = await assertRejects(
    () => library("npm:@scope/name@1.2.3/part.js", () => Promise.reject(cause)),
    LibraryError,
    "cannot load the library @scope/name: got Import 'npm:a' failed: " +
      "no network. Help: Do it once more where npm can be reached; Deno keeps " +
      "what it has fetched.",
  );
  assertStrictEquals(error.cause, cause);
});

permittedTest("offline, a library that is not kept is not loaded", async () => {
  let loads = 0;
  const load = () => Promise.resolve(++loads);
  await offline(async () => {
    await assertRejects(
      () => library(missing, load),
      LibraryError,
      "cannot load the library @zip.js/zip.js: expected " +
        "npm:@zip.js/zip.js@0.0.1 in Deno's cache, got none, and --offline. " +
        "Help: Leave out --offline once",
    );
    assertEquals([loads, await library(kept, load)], [0, 1]);
  });
  assertEquals(await library(missing, load), 2);
});

permittedTest("what must be fetched is known only offline", async () => {
  const asked = () => Promise.all([kept, missing].map(mustBeFetched));
  assertEquals(await asked(), [false, false]);
  assertEquals(await offline(asked), [false, true]);
  assertEquals(await bundlerMustBeFetched(), false);
});

testWith("env", "read", "run")(
  "offline, the bundler must be fetched unless Deno has kept it",
  async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json"],
    }).output();
    const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
    const names = await Array.fromAsync(
      Deno.readDir(join(denoDir, "dl")),
      ({ name }) => name,
    ).catch(() => []);
    const isKept = names.some((name) => name.startsWith("esbuild-"));
    assertEquals(await offline(bundlerMustBeFetched), !isKept);
  },
);

permittedTest("what of the cache cannot be read is not kept", async () => {
  const { readDir, stat } = Deno;
  const fail = (error: Error) => {
    Object.assign(Deno, {
      readDir: () => {
        throw error;
      },
      stat: () => Promise.reject(error),
    });
  };
  const asked = () =>
    Promise.all([bundlerMustBeFetched(), mustBeFetched(missing)]);
  try {
    for (const kind of [Deno.errors.NotCapable, Deno.errors.NotFound]) {
      fail(new kind("nothing to see"));
      assertEquals(await offline(asked), [true, true]);
    }
    const error = new Error("a broken disk");
    fail(error);
    for (const ask of [bundlerMustBeFetched, () => mustBeFetched(missing)]) {
      const thrown = await assertRejects(() => offline(ask));
      assertStrictEquals(thrown, error);
    }
    Object.assign(Deno, { readDir: async function* () {} });
    assertEquals(await offline(bundlerMustBeFetched), true);
  } finally {
    Object.assign(Deno, { readDir, stat });
  }
});
