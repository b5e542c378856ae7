import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { writeIdx } from "../../src/formats/idx.ts";
import { webGpu } from "../_webgpu.ts";
import { assertClose } from "../close.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { Golden } from "../golden.ts";
import { labels, testDigit } from "../digits/_test_digits.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

const count = labels.length;
const golden = await Golden.read("pytorch_trained");

/** MNIST's first hundred test images, as a data set of their own. */
async function writeTestDigits(folder: string): Promise<void> {
  const files = {
    "t10k-images-idx3-ubyte": {
      shape: [count, 28, 28],
      data: Uint8Array.from(labels.flatMap((_, row) => [...testDigit(row)])),
    },
    "t10k-labels-idx1-ubyte": {
      shape: [count],
      data: Uint8Array.from(labels),
    },
  };
  for (const [name, array] of Object.entries(files)) {
    const bytes = writeIdx({ dtype: "u8", ...array });
    await Deno.writeFile(join(folder, name), bytes);
  }
}

for (const device of ["cpu", "webgpu"]) {
  Deno.test({
    name: `a trained .pth of PyTorch 1.13 has its logits on ${device}`,
    ignore: device === "webgpu" && webGpu === null,
    async fn() {
      await using folder = await temporaryFolder();
      await writeTestDigits(folder.path);
      const { stderr, stdout } = await run(
        ...["predict", "--model", goldenPath("pytorch_trained.pth")],
        ...["--data", folder.path, "--device", device, "--json"],
      );
      assertEquals(stderr, "");
      const found = JSON.parse(stdout);
      const logits: number[] = found.logits.flat();
      const tolerance = { atol: 1e-5, rtol: 0 };
      // Worst measured: 7.9e-6 on the CPU, 1.04e-5 where its SIMD cannot fuse
      // multiply and add, 5.9e-6 on lavapipe. PyTorch's own in
      // f32 lie 2.0e-5 from these, which are what it computes in f64.
      const exact = golden.numbers("exact_logits");
      assertClose(logits, exact, tolerance, "logits");
      const nearest = golden.numbers("logits");
      assertClose(logits, nearest, { atol: 3e-5, rtol: 0 }, "logits in f32");
      const best = found.predictions.map((digit: number, row: number) =>
        Math.max(...nearest.subarray(row * 10, row * 10 + 10)) ===
          nearest[row * 10 + digit]
      );
      assertEquals(best, new Array(count).fill(true));
    },
  });
}
