import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { WiderConvolutionalNeuralNetwork } from "../../mod.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  readShippedWeights,
  type ShippedWeightsName,
  shippedWeightsNames,
} from "../../src/models/mod.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { embedded, moduleOf } from "./embed_weights.ts";

for (const name of shippedWeightsNames) {
  testWith("read")(
    `the module of the weights ${name} is their file`,
    async () => {
      const { file, module, path } = embedded[name];
      const bytes = await Deno.readFile(file);
      const text = await Deno.readTextFile(module);
      const help =
        "deno run -R -W tests/models/embed_weights.ts writes the module";
      assertEquals(text === moduleOf(path, bytes), true, help);
      const { metadata } = await readShippedWeights(name);
      assertEquals(metadata, decodeSafetensors(bytes).metadata);
    },
  );
}

testWith("read")(
  "the notebook's weights are as they were trained",
  async () => {
    const { tensors } = await readShippedWeights();
    const bytes = await Deno.readFile(embedded.notebook.file);
    assertEquals(tensors, decodeSafetensors(bytes).tensors);
  },
);

Deno.test("the weights of best are a row's whole numbers times its factor", async () => {
  const { metadata, tensors } = await readShippedWeights("best");
  assertEquals(metadata.recipe, "best");
  const weight = tensors.get("layer3.0.weight")!;
  assertEquals([weight.dtype, weight.shape], ["F32", [96, 48, 5, 5]]);
  const row = Array.from(weight.data.slice(0, 48 * 25), Number);
  const largest = Math.max(...row.map(Math.abs));
  for (const value of row) {
    const number = value / largest * 127;
    assertAlmostEquals(number, Math.round(number), 1e-4);
  }
  using device = CpuDevice.open({ threads: 1 });
  const model = new WiderConvolutionalNeuralNetwork().to(device);
  model.loadStateDict(tensors);
});

Deno.test("there are no weights of another name", async () => {
  await assertRejects(
    () => readShippedWeights("bset" as ShippedWeightsName),
    TypeError,
    'Did you mean "best"?',
  );
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
