import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readCheckpoint } from "../../src/training/mod.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { needs } from "../permissions.ts";
import { webGpuTest } from "../_webgpu.ts";
import { run, taskIn, writeDigits } from "./_program.ts";

needs(import.meta.url, "net", "read", "run", "write");

/** A folder with data, and the task `watch` there as a user calls it. */
async function task(device = "cpu") {
  const folder = await temporaryFolder();
  await writeDigits(folder.path, 60, 20);
  const start = (name: string, ...args: string[]) =>
    taskIn(
      folder.path,
      ...[name, "--data", ".", "--device", device, "--batch-size", "10"],
      ...args,
    );
  return { ...folder, start };
}

/** A training that is watched, once it has printed where. */
async function watched(command: Deno.Command) {
  const child = command.spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let stdout = "";
  while (!/http:\S+\n/.test(stdout)) {
    const { done, value } = await lines.read();
    if (done) throw new Error(await new Response(child.stderr).text());
    stdout += value;
  }
  const [address] = /http:\S+/.exec(stdout)!;
  // Read on, so that what it prints fills no pipe.
  const drained = (async () => {
    while (!(await lines.read()).done);
  })();
  const ended = async () => {
    await drained;
    const stderr = await new Response(child.stderr).text();
    return { stderr, code: (await child.status).code };
  };
  return { address, ended };
}

Deno.test("a training that is watched leaves the bytes of one that is not", async () => {
  await using folder = await task();
  const options = ["--epochs", "3", "--no-report"];
  const files = (
    name: string,
  ) => ["--run", name, "--out", `${name}.safetensors`];
  const plain = await folder.start("train", ...options, ...files("plain"))
    .output();
  assertEquals(plain.code, 0);
  const { address, ended } = await watched(
    folder.start("watch", ...options, ...files("seen")),
  );
  assertMatch(address, /^http:\/\/127\.0\.0\.1:\d+\/[\da-f]{32}\/$/);
  const events = await (await fetch(new URL("events", address))).text();
  const { code, stderr } = await ended();
  assertEquals([code, stderr], [0, ""]);
  const news = [...events.matchAll(/^event: news\ndata: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data));
  const { done, isOver, status } = news.at(-1);
  assertEquals([status, isOver, done], ["Finished", true, 1]);
  const points = news.flatMap(({ steps }) => steps);
  const { history } = await readCheckpoint(
    join(folder.path, "seen/checkpoint.safetensors"),
  );
  // Of each epoch's six steps, the fifth comes with the last.
  assertEquals(points.length, 15);
  const third = points.slice(-5).map(([, loss]: number[]) => loss);
  const sum = third[0] + third[1] + third[2] + third[3] + 2 * third[4];
  assert(Math.abs(sum / 6 - history[2].loss) < 1e-6);
  for (
    const file of ["checkpoint.safetensors", "checkpoint.best.safetensors"]
  ) {
    assertEquals(
      await Deno.readFile(join(folder.path, "seen", file)),
      await Deno.readFile(join(folder.path, "plain", file)),
    );
  }
  assertEquals(
    await Deno.readFile(join(folder.path, "seen.safetensors")),
    await Deno.readFile(join(folder.path, "plain.safetensors")),
  );
});

webGpuTest("a training on WebGPU is watched", async () => {
  await using folder = await task("webgpu");
  const options = ["--epochs", "1", "--no-report", "--out", "w.safetensors"];
  const { address, ended } = await watched(folder.start("watch", ...options));
  const events = await (await fetch(new URL("events", address))).text();
  const { code, stderr } = await ended();
  assertEquals(code, 0, stderr);
  const news = [...events.matchAll(/^event: news\ndata: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data));
  assertEquals(news.at(-1).isOver, true);
  assert(news.some(({ steps }) => steps.length > 0), events);
  assertEquals(news.flatMap(({ measured }) => measured).length, 1);
});

Deno.test("stop from the page is Ctrl-C; what is saved goes on", async () => {
  await using folder = await task();
  const { address, ended } = await watched(
    folder.start("watch", "--epochs", "100000", "--no-report"),
  );
  const page = await fetch(address);
  assertMatch(await page.text(), /^<!DOCTYPE html>[^]*view\.js/);
  // Its own run is drawn already, and there is no other.
  const others = await fetch(new URL("runs.json", address));
  assertEquals(await others.json(), []);
  const post = async (what: string) => {
    const answer = await fetch(new URL(what, address), { method: "POST" });
    await answer.body?.cancel();
    return answer.status;
  };
  const events = (await fetch(new URL("events", address))).body!
    .pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const { done, value } = await events.read();
      assert(!done, text.slice(-300));
      text += value;
    }
  };
  await until(/"numbers":"epoch \d/);
  assertEquals(await post("save"), 202);
  await until(/saved at step \d+ of epoch \d+/);
  assertEquals(await post("stop"), 202);
  await until(/"status":"Stopped".*"isOver":true/);
  await events.cancel();
  const { code, stderr } = await ended();
  assertEquals(code, 130);
  assertMatch(
    stderr,
    /^stopping after this step; .*\ngo on with --resume (\S+)\n$/,
  );
  const [checkpoint] = /runs\S+/.exec(stderr)!;
  assertEquals(
    (await listing(join(folder.path, "runs"))).length,
    1,
  );
  const { settings } = await readCheckpoint(join(folder.path, checkpoint));
  assertEquals(settings.epochs, 100_000);
});

Deno.test("without the permission, --watch is refused and says how", async () => {
  await using folder = await task();
  const { code, stderr } = await folder.start("train", "--watch").output();
  assertEquals(code, 2);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^error: train: --watch: expected permission to listen on 127\.0\.0\.1, got none\. Help: deno task watch [^\n]*\n$/,
  );
  assertEquals((await listing(folder.path)).includes("runs"), false);
});

const wrong: [args: string[], message: RegExp][] = [
  [["--port", "8000"], /--port goes with --watch/],
  [["--watch", "--port", "65536"], /--port: expected at most 65535, got 65536/],
  [["--watch", "--port", "x"], /--port: expected a whole number/],
];
for (const [args, message] of wrong) {
  Deno.test(`train ${args.join(" ")} is a wrong call`, async () => {
    const { code, stderr, stdout } = await run("train", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
  });
}

Deno.test("a port that is taken is one line", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await run(
    ...["train", "--watch", "--port", String(taken.addr.port)],
  );
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^error: train: --watch: expected a free port of 127\.0\.0\.1, got [^\n]* Help: [^\n]*\n$/,
  );
});
