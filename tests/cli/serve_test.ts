import { assertEquals, assertMatch } from "@std/assert";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { needs } from "../permissions.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { program, root, run, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** Starts a server and waits until it listens. */
async function started(command: Deno.Command) {
  const child = command.spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  const address = /http:\S+/.exec(text)?.[0];
  if (address !== undefined) return { address, child };
  throw new Error(await new Response(child.stderr).text());
}

for (const [signal, status] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`${signal} ends a server when all are answered`, async () => {
    const server = await started(
      program("serve", "--port", "0", "--device", "cpu"),
    );
    const { address, child } = server;
    const { readable, writable } = new TransformStream<
      Uint8Array<ArrayBuffer>
    >();
    const writer = writable.getWriter();
    const answer = fetch(new URL("predict", address), {
      method: "POST",
      body: readable,
      headers: { "content-type": "application/octet-stream" },
    });
    const digit = new Uint8Array(testDigit(0));
    await writer.write(digit.slice(0, 100));
    // The request is here once it counts as open.
    let numbers = "";
    while (!numbers.includes("open_requests 1")) {
      numbers = await (await fetch(new URL("metrics", address))).text();
    }
    child.kill(signal);
    const stderr = child.stderr.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of stderr) {
      const before = text;
      text += part;
      if (text.includes("stopping") && !before.includes("stopping")) {
        await writer.write(digit.slice(100));
        await writer.close();
      }
    }
    const { predictions } = await (await answer).json();
    assertEquals(predictions[0].digit, 7);
    assertEquals((await child.status).code, status);
    assertMatch(text, /^note: [^\n]*\nstopping when all are answered; .*\n$/);
  });
}

Deno.test("labels from 1 on are answered so", async () => {
  const { address, child } = await started(
    program("serve", "--port", "0", "--device", "cpu", "--first-label", "1"),
  );
  const response = await fetch(new URL("predict", address), {
    method: "POST",
    body: new Uint8Array(testDigit(0)),
    headers: { "content-type": "application/octet-stream" },
  });
  const { predictions: [{ digit, label }] } = await response.json();
  assertEquals([digit, label], [7, "8"]);
  child.kill("SIGTERM");
  await child.stderr.cancel();
  await child.status;
});

Deno.test("the task serves with its permissions, and the page", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 10, 30);
  const { address, child } = await started(
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["task", "--quiet", "serve", "--port", "0", "--device", "cpu"],
        ...["--data", folder.path],
      ],
      cwd: root,
      stdout: "piped",
      stderr: "piped",
    }),
  );
  const response = await fetch(new URL("health", address));
  assertEquals((await response.json()).status, "ok");
  const page = await fetch(address);
  assertMatch(await page.text(), /^<!DOCTYPE html>[^]*Draw a digit/);
  const offers = await (await fetch(new URL("page.json", address))).json();
  const { hasTraining, samples } = offers;
  assertEquals(hasTraining, true);
  const training = await fetch(new URL("training.safetensors", address));
  const { tensors } = decodeSafetensors(await training.bytes());
  assertEquals(tensors.get("images")?.shape, [10, 1, 28, 28]);
  assertEquals(samples.length, 20);
  assertEquals([samples[3].label, samples[3].pixels.length], [3, 784]);
  child.kill("SIGTERM");
  await child.stderr.cancel();
  assertEquals((await child.status).code, 143);
});

Deno.test("deno serve takes the module as a handler", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["serve", "-A", "--unstable-webgpu", "--host", "127.0.0.1"],
      ...["--port", "0", "src/serve/mod.ts"],
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/http:\S+\/\s/.test(text)) text += (await reader.read()).value;
  const [address] = /http:\S+/.exec(text)!;
  const response = await fetch(new URL("predict", address), {
    method: "POST",
    body: new Uint8Array(testDigit(0)),
    headers: { "content-type": "application/octet-stream" },
  });
  assertEquals((await response.json()).predictions[0].digit, 7);
  child.kill("SIGTERM");
  await reader.cancel();
  await child.status;
});

Deno.test("a folder that is named has to hold test images", async () => {
  await using folder = await temporaryFolder();
  const result = await run("serve", "--data", folder.path, "--port", "0");
  assertEquals(result.code, 1);
  assertMatch(result.stderr, /error: [^\n]* Help: [^\n]*\n$/);
});

const wrong: [args: string[], code: number, message: RegExp][] = [
  [["--port", "70000"], 2, /--port: expected at most 65535, got 70000/],
  [["--port", "x"], 2, /--port: expected a whole number/],
  [["--host", "203.0.113.7", "--port", "0"], 1, /203\.0\.113\.7, port 0/],
];
for (const [args, code, message] of wrong) {
  Deno.test(`serve ${args.join(" ")} is one line and ${code}`, async () => {
    const result = await run("serve", ...args, "--device", "cpu");
    assertEquals(result.code, code);
    assertMatch(result.stderr, message);
    assertMatch(result.stderr, /error: [^\n]* Help: [^\n]*\n$/);
  });
}
