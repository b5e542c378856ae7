import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { hasHalf } from "../_webgpu.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test({
  name: "webgpu: train --precision f16 learns as f32 does, in other numbers",
  ignore: !hasHalf,
  async fn() {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 200, 100);
    const losses = [];
    for (const precision of ["f32", "f16"]) {
      const given = [
        ...["--data", folder.path, "--device", "webgpu"],
        ...["--precision", precision, "--json"],
      ];
      const weights = join(folder.path, `${precision}.safetensors`);
      const trained = await run(
        ...["train", ...given, "--epochs", "2", "--batch-size", "20"],
        ...["--run", join(folder.path, "run"), "--out", weights],
      );
      assertEquals(trained.stderr, "");
      assertEquals(trained.code, 0);
      const epoch = JSON.parse(trained.stdout.trim().split("\n").at(-1)!);
      losses.push(epoch.loss);
      const measured = await run("evaluate", ...given, "--model", weights);
      const { val_acc: accuracy } = JSON.parse(measured.stdout);
      assert(accuracy >= 0.99, `${precision}: ${accuracy}`);
      const predicted = await run(
        ...["predict", ...given, "--model", weights, "--verbose"],
      );
      assertEquals(predicted.code, 0);
      const isHalf = /^device: webgpu \(.*, f16\): /m.test(predicted.stderr);
      assertEquals(isHalf, precision === "f16");
    }
    assert(losses[0] !== losses[1], "the same losses");
  },
});

Deno.test("--precision: what cannot be is refused in one line", async () => {
  for (const command of ["train", "evaluate", "predict"]) {
    const unknown = await run(command, "--precision", "f8");
    assertEquals(unknown.code, 2);
    assertMatch(
      unknown.stderr,
      /--precision: expected f32 or f16, got f8\. Help: .*\n$/,
    );
    const cpu = await run(command, "--precision", "f16", "--device", "cpu");
    assertEquals(cpu.code, 1);
    assertMatch(
      cpu.stderr,
      /^error: device: precision f16: .* got the CPU\. Help: .*\n$/,
    );
  }
});
