import { assertEquals, assertMatch } from "@std/assert";
import { goldenPath } from "../formats/_golden_file.ts";
import { run } from "./_program.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

const text: string = isPermitted("read")
  ? JSON.parse(
    await Deno.readTextFile(goldenPath("model_text.json")),
  ).models.ConvolutionalNeuralNetwork
  : "";

Deno.test("summary prints PyTorch's text, then a table", async () => {
  const { code, stderr, stdout } = await run("summary");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.slice(0, text.length), text);
  const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
  const first = ["layer1.0", "Conv2d", "[100, 16, 28, 28]"];
  const numbers = ["416", "31,360,000", "5.0 MB"];
  assertEquals(lines.find(([name]) => name === first[0]), [
    ...first,
    ...numbers,
  ]);
});

Deno.test("summary takes a batch size, classes and weights", async () => {
  const small = await run("summary", "--batch-size", "7", "--classes", "26");
  assertMatch(small.stdout, /\nfc +Linear +\[7, 26\] /);
  const model = goldenPath("pytorch_network.pth");
  const { stdout } = await run("summary", "--model", model, "--json");
  const trace = JSON.parse(stdout);
  assertEquals(trace.model, text);
  assertEquals([trace.output_shape, trace.parameters], [[100, 10], 29034]);
  const other = goldenPath("pytorch_views.pth");
  assertEquals((await run("summary", "--model", other)).code, 1);
});
