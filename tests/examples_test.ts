import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { writeIdx } from "../src/formats/idx.ts";
import { writeDigits } from "./cli/_program.ts";
import { webGpu } from "./_webgpu.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("read", "run", "write");

const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));

/** Runs an example in a folder that has `data/`, as a user would. */
async function runExample(name: string, folder: string, ...args: string[]) {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--unstable-webgpu", "-A", "--config", here("../deno.json")],
      ...[here(`../examples/${name}`), ...args],
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A folder with digits in `data/`. */
async function digits() {
  const folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await Deno.mkdir(data);
  await writeDigits(data, 1000, 100);
  return { ...folder, data };
}

permittedTest("beautiful_mnist.ts learns, and passes its gate", async () => {
  await using folder = await digits();
  const result = await runExample(
    "beautiful_mnist.ts",
    folder.path,
    "2",
    "1000",
  );
  assertEquals(result.stderr, "");
  assertEquals(result.code, 0);
  assertMatch(
    result.stdout,
    /\nepoch 1 loss \S+ accuracy \S+\nepoch 2 loss \S+ accuracy (1|0\.[5-9]\d*)\n$/,
  );
});

permittedTest("beautiful_mnist.ts fails where it has not learnt", async () => {
  await using folder = await digits();
  const labels = Uint8Array.from({ length: 100 }, (_, row) => (row + 1) % 10);
  const wrong = writeIdx({ dtype: "u8", shape: [100], data: labels });
  await Deno.writeFile(join(folder.data, "t10k-labels-idx1-ubyte"), wrong);
  const result = await runExample(
    "beautiful_mnist.ts",
    folder.path,
    "2",
    "1000",
  );
  assertEquals(result.code, 1);
  assertMatch(result.stderr, /accuracy \S+ is below 0\.5/);
});

const programs: readonly (readonly [name: string, ...args: string[]])[] = [
  ["autoencoder.ts", "2", "1000"],
  ["gan.ts", "1", "200"],
  ["keras_mnist.ts", "2", "1000"],
  ["lenet5.ts", "4", "1000"],
  ["mlp.ts", "2", "1000"],
  ["pytorch_mnist.ts", "1", "1000"],
  ["resnet.ts", "1", "1000"],
  ["transfer.ts", here("golden/pytorch_trained.pth"), "2", "1000"],
  ["vgg.ts", "1", "1000"],
];
for (const [name, ...args] of programs) {
  permittedTest(`${name} learns, and passes its gate`, async () => {
    await using folder = await digits();
    const { code, stderr, stdout } = await runExample(
      name,
      folder.path,
      ...args,
    );
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^epoch 1 /);
  });
}

for (const device of ["cpu", "webgpu"]) {
  permittedTest({
    name: `own_kernel.ts: values and gradients of SiLU on ${device}`,
    ignore: device === "webgpu" && webGpu === null,
    fn: async () => {
      await using folder = await temporaryFolder();
      const result = await runExample("own_kernel.ts", folder.path, device);
      assertEquals(result.code, 0, result.stderr);
      // torch.nn.functional.silu of −1, 0 and 1, and its gradient.
      assertMatch(
        result.stdout,
        /^tensor\(\[-0\.2689, {2}0\.0000, {2}0\.7311\]/,
      );
      assertMatch(result.stdout, /\ntensor\(\[0\.0723, 0\.5000, 0\.9277\]/);
    },
  });
}
