import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readWeights, writeWeights } from "../../src/formats/mod.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

needs(import.meta.url, "read", "write");

const tensors = new Map(
  [
    [
      "fc.bias",
      { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) },
    ],
  ] as const,
);

Deno.test("weights: the ending decides the format, in any case", async () => {
  await using folder = await temporaryFolder();
  for (
    const [name, format] of [
      ["a.safetensors", "safetensors"],
      ["a.PTH", "pytorch"],
      ["a.npz", "npz"],
    ]
  ) {
    const path = join(folder.path, name);
    await writeWeights(path, { tensors });
    const read = await readWeights(path);
    assertEquals([read.format, read.tensors.get("fc.bias")!.data], [
      format,
      Float32Array.of(1, 2),
    ]);
  }
});

Deno.test("weights: another ending is refused, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  for (const name of ["weights", "weights.bin", "weights.npz.", "npz"]) {
    const path = join(folder.path, name);
    await assertRejects(
      () => writeWeights(path, { tensors }),
      TypeError,
      "file of weights: expected a name that ends in .safetensors",
    );
  }
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
});
