import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { readShippedWeights } from "../../src/models/mod.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { embedded, moduleOf } from "./embed_weights.ts";

testWith("read")("the module of shipped weights is their file", async () => {
  const bytes = await Deno.readFile(embedded.file);
  const text = await Deno.readTextFile(embedded.module);
  const help = "deno run -R -W tests/models/embed_weights.ts writes the module";
  assertEquals(text === moduleOf(bytes), true, help);
  const { metadata, tensors } = await readShippedWeights();
  assertEquals({ metadata, tensors }, decodeSafetensors(bytes));
});

testWith("read", "run", "write")(
  "shipped weights need no permission",
  async () => {
    await using folder = await temporaryFolder();
    const program = `${folder.path}/weights.ts`;
    await Deno.writeTextFile(
      program,
      `import { readShippedWeights } from "@x/mnist-cnn";
console.log((await readShippedWeights()).tensors.size);`,
    );
    const { stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--config", config, program],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    assertEquals(decoder.decode(stdout), "16\n");
  },
);

const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
