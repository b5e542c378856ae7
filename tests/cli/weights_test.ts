import { assertEquals, assertMatch } from "@std/assert";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";

Deno.test("evaluate and predict take PyTorch's .pth", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path);
  const model = goldenPath("pytorch_network.pth");
  const common = ["--data", folder.path, "--device", "cpu", "--model", model];
  const measured = await run("evaluate", ...common, "--json");
  assertEquals(measured.stderr, "");
  const predicted = await run("predict", ...common, "--json");
  const { labels, predictions } = JSON.parse(predicted.stdout);
  const right = labels.filter((label: number, row: number) =>
    label === predictions[row]
  );
  assertEquals(JSON.parse(measured.stdout).accuracy, right.length / 100);
});

Deno.test("a file that would execute code is refused in one line", async () => {
  const model = goldenPath("pytorch_evil.pth");
  const { code, stderr, stdout } = await run("evaluate", "--model", model);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: .*\.eval"\. Help: Nothing was executed\..*\n$/);
});
