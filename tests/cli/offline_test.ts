/** What runs without the network, and with no more permissions than a task has. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { asJpeg } from "../digits/_pictures.ts";
import { needs } from "../permissions.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { bareCache, root, run, taskIn, told, writeDigits } from "./_program.ts";

needs(import.meta.url, "read", "run", "write");

for (const command of ["train", "data", "evaluate", "predict"]) {
  Deno.test(`${command} --offline fetches nothing and says what is missing`, async () => {
    await using folder = await temporaryFolder();
    const options = ["--offline", "--data", folder.path];
    for (const name of ["mnist", "kmnist"]) {
      const { code, stderr } = await run(
        ...[command, "--dataset", name, ...options],
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, folder.path);
      assertStringIncludes(stderr, "Help: ");
      assertEquals(stderr.includes("    at "), false, stderr);
    }
    assertEquals(await listing(folder.path), []);
  });
}

const weights = "examples/models/mnist-cnn.safetensors";
const training = ["train", "--data", "FOLDER", "--device", "cpu", "--epochs"]
  .concat("1", "--batch-size", "10", "--run", "FOLDER")
  .concat("--out", "FOLDER/weights.safetensors");

/** What needs a library, and its name. */
const needy: readonly (readonly [library: string, ...command: string[]])[] = [
  ["@zip.js/zip.js", "inspect", "tests/golden/pytorch_trained.pth"],
  ["@jsquash/avif", "predict", "tests/golden/one.avif"],
  ["modern-gif", "predict", "tests/golden/nine.gif"],
  ["@jsquash/webp", "predict", "tests/golden/nine.webp"],
  ["jpeg-js", "predict", "FOLDER/a.jpg"],
  ["protobufjs", "inspect", "tests/golden/pytorch_network.onnx"],
  ["@zip.js/zip.js", "convert", weights, "FOLDER/copy.npz"],
  ["fast-png", "data", "--data", "FOLDER", "--png", "FOLDER/batch.png"],
  ["echarts", ...training, "--report", "FOLDER/report.html"],
  ["bundler", "site", "--data", "FOLDER", "--out", "FOLDER/site"],
];

/** Ways to be without what has not been fetched yet. */
const ways = {
  "--offline": {
    flags: ["--cached-only"],
    last: ["--offline"],
    env: {},
    cases: needy,
  },
  "--cached-only": {
    flags: ["--cached-only"],
    last: [],
    env: {},
    cases: needy.slice(0, 2),
  },
  "no registry": {
    flags: [],
    last: [],
    env: {
      HTTPS_PROXY: "http://127.0.0.1:9/",
      HTTP_PROXY: "http://127.0.0.1:9/",
    },
    cases: needy.slice(0, 2),
  },
};

for (const [way, { cases, env, flags, last }] of Object.entries(ways)) {
  Deno.test(`a library that is not there is one line: ${way}`, async (t) => {
    await using folder = await temporaryFolder();
    await bareCache(folder.path);
    await writeDigits(folder.path, 30, 20);
    const data = new Float64Array(243);
    const picture = { width: 9, height: 9, channels: 3, data } as const;
    await Deno.writeFile(join(folder.path, "a.jpg"), asJpeg(picture));
    for (const [library, ...command] of cases) {
      const args = command.map((word) => word.replace("FOLDER", folder.path));
      await t.step(command.join(" "), async () => {
        const { code, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [
            ...["run", "--quiet", "--unstable-webgpu", "--unstable-bundle"],
            ...["--no-prompt", "--allow-read", "--allow-write", "--deny-net"],
            ...[...flags, "src/cli/mod.ts", ...args, ...last],
          ],
          cwd: root,
          env: { DENO_DIR: folder.path, NO_COLOR: "1", ...env },
        }).output();
        const text = new TextDecoder().decode(stderr);
        const told = text.split("\n").filter((line) => /^error: /.test(line));
        assertEquals([code, told.length], [1, 1], text);
        assertStringIncludes(told[0], library);
        assertMatch(told[0], /\. Help: /);
        for (const flag of last) assertStringIncludes(told[0], flag);
        assertEquals(text.includes("    at "), false, text);
      });
    }
  });
}

Deno.test("a JPEG is read where Deno has kept the slower decoder alone", async (t) => {
  await using folder = await temporaryFolder();
  await bareCache(folder.path, ["jpeg-js"]);
  const data = new Float64Array(243);
  const picture = { width: 9, height: 9, channels: 3, data } as const;
  const path = join(folder.path, "a.jpg");
  await Deno.writeFile(path, asJpeg(picture));
  for (const last of [[], ["--offline"]]) {
    await t.step(last.join() || "--cached-only", async () => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--unstable-webgpu", "--no-prompt"],
          ...["--allow-read", "--deny-net", "--cached-only"],
          ...["src/cli/mod.ts", "predict", path, ...last],
        ],
        cwd: root,
        env: { DENO_DIR: folder.path, NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder().decode(stderr);
      // It is black all over, which no decoder tells that has not read it.
      assertStringIncludes(text, "got nothing that stands out");
      assertEquals(code, 1);
    });
  }
});

Deno.test("--offline loads what Deno has kept", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 30, 20);
  // Fetches what has not been kept yet.
  const plot = ["--plot", join(folder.path, "lr.svg")];
  const args = ["lr-find", "--data", folder.path, "--device", "cpu", ...plot]
    .concat("--batch-size", "10");
  const offline = [...args, "--offline"];
  // A task loads modules when it needs them, which Deno does not without a flag.
  const task = taskIn(folder.path, ...offline);
  for (
    const start of [() => run(...args), () => run(...offline), () => told(task)]
  ) {
    const { code, stderr } = await start();
    assertEquals(code, 0, stderr);
  }
});

Deno.test("what is loaded where it is needed is called by its package", async () => {
  const calls: string[] = [];
  for (const path of await sourceFiles()) {
    const code = (await Deno.readTextFile(path))
      .replaceAll(/^\s*(\/\*)?\*.*$/gm, "");
    for (const [, name] of code.matchAll(/[^f] import\("(npm:[^"]+)"/g)) {
      calls.push(name);
      assertMatch(
        code.replaceAll(/\s+/g, ""),
        new RegExp(`library\\("${name}",\\(\\)=>import\\("${name}"`),
      );
    }
  }
  assertEquals(calls.length > 3, true);
});

/** The files of the library. */
async function sourceFiles(
  folder = join(fromFileUrl(root), "src"),
): Promise<string[]> {
  const files: string[] = [];
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await sourceFiles(path));
    else if (name.endsWith(".ts")) files.push(path);
  }
  return files;
}
