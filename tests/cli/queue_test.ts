import { assert, assertEquals, assertMatch } from "@std/assert";
import { exists } from "@std/fs";
import { fromFileUrl, join } from "@std/path";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { root, taskIn, writeDigits } from "./_program.ts";
import { runHere } from "./_main.ts";
import { hasRedis, startRedis, until } from "./_redis.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const decoder = new TextDecoder();

/** A worker in a folder, with the permissions of the task and no other process between. */
async function startWorker(folder: string, address: string) {
  const { default: { tasks } } = await import("../../deno.json", {
    with: { type: "json" },
  });
  const flags = tasks.worker.command.split(" ")
    .filter((word) => /^--(allow|unstable)/.test(word))
    .map((word) => word.replace('"$DENO"', Deno.execPath()));
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...flags],
      ...[fromFileUrl(new URL("src/cli/mod.ts", root)), "worker"],
      ...["--queue", address],
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** All files of the trials in a folder. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const trial of ["trial-01", "trial-02"]) {
    for (const name of await listing(join(folder, trial))) {
      files[`${trial}/${name}`] = await Deno.readFile(
        join(folder, trial, name),
      );
    }
  }
  return files;
}

Deno.test({
  name: hasRedis
    ? "a worker is killed in a trial, another one ends it with the same bytes"
    : "trials in a queue (needs redis-server)",
  ignore: !hasRedis,
  async fn() {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 100, 20);
    await using redis = await startRedis(folder.path);
    const options = [
      ...["--data", ".", "--device", "cpu", "--threads", "1", "--epochs", "9"],
      ...["--batch-size", "20", "--lr", "0.01,0.001"],
    ];
    const queue = ["--queue", redis.address];
    const first = await startWorker(folder.path, redis.address);
    const sweep = taskIn(
      ...[folder.path, "sweep", ...options, ...queue, "--run", "queued"],
    ).spawn();
    const begun = join(folder.path, "queued/trial-01/checkpoint.safetensors");
    await until(() => exists(begun));
    first.kill("SIGKILL");
    await Promise.all([first.stdout.cancel(), first.stderr.cancel()]);
    await first.status;
    assert(!await exists(join(folder.path, "queued/trial-02")));

    const second = await startWorker(folder.path, redis.address);
    const output = await sweep.output();
    const [stdout, stderr] = [output.stdout, output.stderr]
      .map((bytes) => decoder.decode(bytes));
    // Deno itself may tell there what it downloads.
    assertEquals([output.code, stderr.match(/^(error|note): .*$/gm)], [
      0,
      null,
    ]);
    assertMatch(stdout, /\nbest: lr 0\.0/);
    second.kill("SIGINT");
    const ended = await second.output();
    assertEquals(ended.code, 130);
    assertEquals(
      decoder.decode(ended.stdout).split("\n").slice(1, -1).toSorted(),
      [1, 2].flatMap((number) => [
        `queued/trial-0${number}: begun`,
        `queued/trial-0${number}: done`,
      ]),
    );

    const local = await taskIn(
      ...[folder.path, "sweep", ...options, "--run", "local"],
    ).output();
    assertEquals(local.code, 0);
    const at = (name: string) => filesIn(join(folder.path, name));
    assertEquals(await at("queued"), await at("local"));
  },
});

Deno.test("a queue that is not there is one line, and nothing is trained", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const cases: [address: string, message: RegExp][] = [
    [
      `redis://127.0.0.1:${port}`,
      /cannot reach the queue at 127\.0\.0\.1:\d+: /,
    ],
    ["127.0.0.1", /queue 127\.0\.0\.1: expected redis:\/\/HOST:PORT, got 127/],
    [
      "http://127.0.0.1",
      /queue http:\S+: expected redis:\/\/HOST:PORT, got ht/,
    ],
  ];
  for (const [address, message] of cases) {
    const { code, stderr } = await runHere("worker", "--queue", address);
    assertEquals(code, 1);
    assertMatch(stderr, message);
    assertMatch(stderr, /^error: [^\n]* Help: [^\n]*\n$/);
  }
  const options = ["--data", folder.path, "--lr", "1,2"];
  const outside = await runHere(
    ...["sweep", ...options, "--run", join(folder.path, "sweep")],
    ...["--queue", `redis://127.0.0.1:${port}`],
  );
  assertEquals(outside.code, 2);
  assertMatch(outside.stderr, /--queue: expected a folder below this one/);
  assertEquals(await exists(join(folder.path, "sweep")), false);
  const none = await runHere("worker");
  assertEquals(none.code, 2);
  assertMatch(none.stderr, /worker: --queue is missing/);
});
