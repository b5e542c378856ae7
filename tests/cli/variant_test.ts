import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { webGpu } from "../_webgpu.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test({
  name: "--variant chooses the kernels, and --verbose says which it was",
  ignore: webGpu === null,
  async fn() {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path, 20, 10);
    const weights = join(folder.path, "weights.safetensors");
    const given = [
      ...["--data", folder.path, "--device", "webgpu", "--verbose"],
      ...["--variant", "tiled"],
    ];
    const trained = await run(
      ...["train", ...given, "--epochs", "1", "--batch-size", "10"],
      ...["--run", join(folder.path, "run"), "--out", weights],
    );
    assertEquals(trained.code, 0);
    for (const kernel of ["Forward", "InputGradient", "WeightGradient"]) {
      assertMatch(trained.stderr, new RegExp(`^conv2d${kernel}: tiled$`, "m"));
    }
    assertEquals(/: (direct|llvmpipe)$/m.test(trained.stderr), false);
    for (const command of ["evaluate", "predict"]) {
      const { code, stderr } = await run(
        ...[command, ...given, "--model", weights],
      );
      assertEquals(code, 0);
      assertMatch(stderr, /^conv2dForward: tiled$/m);
    }
  },
});

Deno.test("--variant: a wrong call names the variants, or WebGPU", async () => {
  for (const command of ["train", "evaluate", "predict"]) {
    const unknown = await run(command, "--variant", "fast");
    assertEquals(unknown.code, 2);
    assertMatch(
      unknown.stderr,
      /--variant: expected auto, direct, llvmpipe or tiled, got fast\. Help: /,
    );
    const cpu = await run(command, "--variant", "tiled", "--device", "cpu");
    assertEquals(cpu.code, 2);
    assertMatch(cpu.stderr, /--variant: expected --device webgpu, got cpu/);
  }
});
