/** What each task may do, whether it can with no more, and needs no less. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { MNIST_SOURCES } from "../../src/data/mnist.ts";
import { DATASETS } from "../../src/datasets/mod.ts";
import { needs } from "../permissions.ts";
import { listing, temporaryFolder } from "../temporary_folder.ts";
import { root, taskIn, writeDigits } from "./_program.ts";
import config from "../../deno.json" with { type: "json" };

needs(import.meta.url, "env", "net", "read", "run", "write");

/** The hosts that data sets are fetched from. */
const hosts = [
  ...MNIST_SOURCES.map(({ name }) => name),
  ...Object.values(DATASETS).flatMap((entry) => entry?.mirrors ?? []),
].filter((name) => name.startsWith("http")).map((url) => new URL(url).host);
const dataHosts = `--allow-net=${[...new Set(hosts)].join()}`;

const ownAddresses = "127.0.0.1,localhost,[::1],0.0.0.0,[::]";
const [read, write] = ["--allow-read", "--allow-write"];
const flags = "--allow-env=DENO_V8_FLAGS";

/** The permissions of each task that is a program of ours. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  train: [read, write, flags, dataHosts],
  watch: [read, write, flags, `${dataHosts},127.0.0.1`],
  evaluate: [read, write],
  predict: [read],
  serve: [read, `--allow-net=${ownAddresses}`],
  runs: [read, write],
  site: [read, write],
  bundle: [read, write],
  "lr-find": [read, write, flags],
  data: [read, write, dataHosts],
  sweep: [
    ...[read, write, "--allow-env", '--allow-run="$DENO"'],
    dataHosts.replace("=", "=127.0.0.1,localhost,"),
  ],
  worker: [
    ...[read, write, "--allow-env", '--allow-run="$DENO"'],
    "--allow-net=127.0.0.1,localhost",
  ],
  summary: [read],
  convert: [read, write],
  inspect: [read],
  doctor: [
    "--allow-read=/etc/os-release,src,kernels,vendor",
    "--allow-env=DENO_WEBGPU_BACKEND,DENO_V8_FLAGS",
    "--allow-sys=systemMemoryInfo",
  ],
  // The first two are for the task, all others are the program's.
  compile: [
    ...[read, "--allow-run", read, write, "--allow-run"],
    `${dataHosts},${ownAddresses}`,
  ],
  // The library's own modules, which it loads when it needs them.
  cli: ["--allow-read=src,kernels,vendor"],
  fuzz: [read, write, "--allow-run"],
  differential: [read, write, "--allow-run"],
  kernels: [
    "--allow-read=kernels",
    "--allow-write=kernels",
    "--allow-env=CI",
  ],
};

/** Tasks that run tests, other programs, or time them. */
const unlimited = [
  ...["test", "test:programs", "coverage", "mutate", "bench"],
  ...["bench:lighthouse", "bench:onnxruntime", "bench:page", "bench:readers"],
  ...["bench:serve", "bench:webgpu"],
];

/** Tasks that only run others. */
const others = ["test:variants", "verify"];

Deno.test("no task may do more than the table says, and none asks", () => {
  const found = Object.entries(config.tasks)
    .filter(([name]) => ![...unlimited, ...others].includes(name));
  for (const [name, { command }] of found) {
    assertEquals([name, ...permissionsIn(command)], [
      name,
      ...permissions[name],
    ]);
    assert(command.includes(" --no-prompt "), name);
  }
  assertEquals(
    Object.keys(permissions).toSorted(),
    found.map(([name]) => name).toSorted(),
  );
});

/** The flags of a command that allow something. */
function permissionsIn(command: string): string[] {
  return command.split(" ").filter((word) => word.startsWith("--allow-"));
}

const path = (relative: string) => fromFileUrl(new URL(relative, root));
const weights = path("examples/models/mnist-cnn.safetensors");
const short = ["--data", ".", "--device", "cpu", "--batch-size", "50"];
const trained = [...short, "--epochs", "1", "--out", "w.safetensors"];

/**
 * A call of each task that does all of its work, in a folder with data. Doctor
 * has a test of its own, and `verify` runs the task of the kernels.
 */
const calls: Readonly<Record<string, readonly string[]>> = {
  train: trained,
  evaluate: [
    ...["--data", ".", "--device", "cpu", "--model", weights],
    ...["--profile-trace", "trace.json"],
  ],
  predict: [
    path("tests/golden/nine.gif"),
    path("tests/golden/nine.webp"),
    path("tests/golden/one.avif"),
    ...["--model", weights, "--device", "cpu"],
  ],
  runs: ["old", "--delete"],
  site: ["--data", ".", "--model", weights],
  bundle: [],
  "lr-find": [...short, "--steps", "20", "--plot", "lr.png"],
  data: ["--data", ".", "--png", "batch.png"],
  summary: ["--model", weights],
  convert: [weights, "copy.onnx"],
  inspect: [weights, "--stats"],
};

/** A folder with data and the run of an earlier training. */
async function prepared() {
  const folder = await temporaryFolder();
  await writeDigits(folder.path);
  await taskIn(folder.path, "train", ...trained, "--run", "runs/old")
    .output();
  return folder;
}

Deno.test("each task can what it is for with what it may do", async (t) => {
  await using folder = await prepared();
  for (const [name, args] of Object.entries(calls)) {
    await t.step(name, async () => {
      const { code, stderr } = await taskIn(folder.path, name, ...args)
        .output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
    });
  }
  const made = await listing(folder.path);
  for (const file of ["trace.json", "lr.png", "batch.png", "copy.onnx"]) {
    assert(made.includes(file), file);
  }
});

/** The flags of a task's own command that ask for what is unstable. */
function unstableOf(task: string): string[] {
  const { command } = config.tasks[task as keyof typeof config.tasks];
  return command.split(" ").filter((word) => word.startsWith("--unstable-"));
}

/** A task's command in a folder, with these permissions and no more. */
function limited(
  folder: string,
  task: string,
  permissions: readonly string[],
  ...args: readonly string[]
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...unstableOf(task)],
      ...["--config", path("deno.json")],
      ...[...permissions, path("src/cli/mod.ts"), ...args],
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Permissions without which a call ends well: data are there, and time is not all. */
const spared = [dataHosts, flags];

Deno.test("without one of its permissions, a task says so in one line", async (t) => {
  await using folder = await prepared();
  for (const [name, args] of Object.entries(calls)) {
    for (
      const lost of permissions[name].filter((one) => !spared.includes(one))
    ) {
      await t.step(`${name} without ${lost}`, async () => {
        const rest = permissions[name].filter((one) => one !== lost);
        const { code, stderr } = await limited(
          folder.path,
          name,
          rest,
          ...[name, ...args],
        ).output();
        const text = new TextDecoder().decode(stderr);
        assertEquals(code, 1, text);
        const told = text.split("\n").filter((line) => /^error: /.test(line));
        assertEquals(told.length, 1, text);
        assertMatch(told[0], /(read|write) access to .*\. Help: /);
        assertEquals(text.includes("    at "), false, text);
      });
    }
  }
});

Deno.test("watch and serve listen with what they may do", async (t) => {
  await using folder = await prepared();
  const watch = ["train", "--watch", ...trained, "--no-report"];
  const serve = ["serve", "--port", "0", "--device", "cpu"];
  for (const [name, args] of Object.entries({ watch, serve })) {
    await t.step(name, async () => {
      const child = limited(folder.path, name, permissions[name], ...args)
        .spawn();
      const lines = child.stdout.pipeThrough(new TextDecoderStream())
        .getReader();
      let text = "";
      while (!/http:\S+\s/.test(text)) text += (await lines.read()).value;
      const [address] = /http:\S+/.exec(text)!;
      const { body, ok } = await fetch(address);
      assert(ok, address);
      await body?.cancel();
      child.kill("SIGTERM");
      while (!(await lines.read()).done);
      await child.stderr.cancel();
      await child.status;
    });
  }
});

Deno.test("cli and fuzz can what they are for with what they may do", async () => {
  const made = Object.entries({
    cli: ["--version"],
    fuzz: ["--minutes", "0.001", "--format", "idx"],
  });
  for (const [name, args] of made) {
    const { code, stderr } = await taskIn(fromFileUrl(root), name, ...args)
      .output();
    assertEquals([name, code], [name, 0], new TextDecoder().decode(stderr));
  }
});
