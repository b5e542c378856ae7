/**
 * The library imported by its address, as from a registry: with the files that
 * are published, and no more permissions than the README names.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { bareCache, told, writeDigits } from "./cli/_program.ts";
import { needs } from "./permissions.ts";
import { temporaryFolder } from "./temporary_folder.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const root = fromFileUrl(new URL("..", import.meta.url));

/** Serves the modules that are published. */
function serveModules() {
  const published = /^\/(mod\.ts|deno\.json|(src|kernels)\/.*\.ts)$/;
  const sources = /^\/kernels\/(generate|(.*\/)?simd(\.ts$|\/))/;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (!published.test(pathname) || sources.test(pathname)) {
        return new Response("not published", { status: 404 });
      }
      const type = pathname.endsWith(".json")
        ? "application/json"
        : "application/typescript";
      return new Response(await Deno.readFile(join(root, pathname)), {
        headers: { "content-type": type },
      });
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  return { host, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Runs `deno run` with a cache of its own; asks for no permission. */
async function runIn(
  folder: string,
  host: string,
  ...args: string[]
): Promise<{ code: number; stderr: string; stdout: string }> {
  const std = ["cli", "fs", "path"].map((name) => [
    `@std/${name}`,
    toFileUrl(join(root, `vendor/std/${name}/mod.ts`)).href,
  ]);
  const map = join(folder, "imports.json");
  const imports = Object.fromEntries(std);
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
  return await told(
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-config", "--no-lock"],
        ...[`--allow-import=${host}`, `--import-map=${map}`, ...args],
      ],
      cwd: folder,
      env: { DENO_DIR: join(folder, "cache"), NO_COLOR: "1" },
    }),
  );
}

Deno.test("an import by address computes without permissions", async () => {
  await using server = serveModules();
  await using folder = await temporaryFolder();
  const cache = join(folder.path, "cache");
  await Deno.mkdir(cache);
  await bareCache(cache);
  await Deno.writeTextFile(
    join(folder.path, "program.ts"),
    `import * as nn from "http://${server.host}/mod.ts";
    using device = nn.setDefaultDevice(await nn.openDevice({ device: "cpu" }));
    const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)).to({ seed: 0 });
    const optimizer = new nn.Adam(model.parameters(), { lr: 0.05 });
    const images = Float32Array.from({ length: 400 }, (_, at) => Math.sin(at));
    const labels = Uint8Array.from({ length: 100 }, (_, row) => Number(images[4 * row] > 0));
    const data = new nn.TensorDataset(images, labels, { rowShape: [4], classes: 2 });
    using batches = new nn.DataLoader(data, { batchSize: 20 });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 10; epoch++) {
      for await (const [x, targets] of batches) {
        const tape = new nn.Tape();
        const loss = nn.crossEntropy(model.forward(x), targets);
        optimizer.zeroGrad();
        tape.backward(loss);
        optimizer.step();
        const value = loss.item();
        tape[Symbol.dispose]();
        losses.push(await value);
      }
    }
    const { tensors } = await nn.readShippedWeights();
    console.log(losses.at(-1)! < losses[0] / 2, tensors.size);`,
  );
  const { stderr, stdout } = await runIn(
    folder.path,
    server.host,
    "program.ts",
  );
  assertEquals({ stderr, stdout }, { stderr: "", stdout: "true 16\n" });
});

Deno.test("the command line by its address names itself so", async () => {
  await using server = serveModules();
  await using folder = await temporaryFolder();
  const cache = join(folder.path, "cache");
  await Deno.mkdir(cache);
  await bareCache(cache);
  const data = join(folder.path, "digits");
  await Deno.mkdir(data);
  await writeDigits(data);
  const address = `http://${server.host}/src/cli/mod.ts`;
  const files = ["--allow-read", "--allow-write"];
  const texts: string[] = [];
  const cli = async (flags: string[], ...args: string[]) => {
    const result = await runIn(
      folder.path,
      server.host,
      ...[...flags, address, ...args],
    );
    texts.push(result.stdout, result.stderr);
    return result;
  };
  const help = await cli([], "--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  const start = `Usage: deno run … ${address} `;
  assert(help.stdout.includes(`${start}COMMAND [options]\n`), help.stdout);
  const own = await cli([], "train", "--help");
  assert(own.stdout.includes(`${start}train [options]\n`), own.stdout);
  const wrong = await cli([], "trian");
  assertEquals(wrong.code, 2);
  assert(wrong.stderr.includes(`See deno run … ${address} train --help`));

  const summary = await cli(["--allow-read"], "summary");
  assertMatch(summary.stdout, /29,034/);
  const common = ["--data", data, "--device", "cpu"];
  const predicted = await cli(files, "predict", ...common, "--count", "3");
  assertEquals(predicted.code, 0, predicted.stderr);
  const trained = await cli(
    files,
    ...["train", ...common, "--limit", "200", "--epochs", "1", "--no-report"],
  );
  assertEquals(trained.code, 0, trained.stderr);
  const weights = await Deno.stat(join(folder.path, "mnist-cnn.safetensors"));
  assert(weights.isFile);
  const refused = await cli([], "evaluate", "--data", data);
  assertMatch(refused.stderr, /Help: Give Deno the permission/);
  assertEquals(texts.filter((text) => text.includes("deno task")), []);
});
