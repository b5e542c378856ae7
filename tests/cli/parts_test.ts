/** Parts of the command line, each by itself. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { DataError, DeviceError, FormatError } from "../../src/base/errors.ts";
import { comparison } from "../../src/cli/_compare_runs.ts";
import { checkFits } from "../../src/cli/_data.ts";
import type { FoundRun } from "../../src/cli/_found_runs.ts";
import { Interrupt } from "../../src/cli/_interrupt.ts";
import { destinationOf } from "../../src/cli/_kept_weights.ts";
import { Logs } from "../../src/cli/_logs.ts";
import { lrChart } from "../../src/cli/_lr_chart.ts";
import { ProgressBar } from "../../src/cli/_progress.ts";
import { removeRun } from "../../src/cli/_remove_run.ts";
import { datasetName, shellWord } from "../../src/cli/_report.ts";
import { samplesIn } from "../../src/cli/_samples.ts";
import { StatusLine } from "../../src/cli/_status_line.ts";
import { readSweep } from "../../src/cli/_sweep_file.ts";
import { settingLine } from "../../src/cli/_sweep_table.ts";
import { Unwritten } from "../../src/cli/_unwritten.ts";
import { ImageDataset } from "../../src/data/image_dataset.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import {
  DEFAULT_SETTINGS,
  type StepLoss,
  type Trainer,
} from "../../src/training/mod.ts";
import { store } from "../data/_fixtures.ts";
import { needs } from "../permissions.ts";
import { history } from "../report/_training.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./_main.ts";

needs(import.meta.url, "env", "read", "sys", "write");

/** Puts something in place of a member until the end of a block. */
function replaced<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  value: unknown,
): Disposable {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { configurable: true, value });
  return {
    [Symbol.dispose]() {
      if (before === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, before);
    },
  };
}

Deno.test("the bar tells the time left in seconds, minutes or hours", async () => {
  for (
    const [seconds, left] of [[10, "10s"], [187, "3m07s"], [7500, "2h05m"]]
  ) {
    let now = 1_700_000_000_000;
    using _clock = replaced(Date, "now", () => now);
    const written: string[] = [];
    const write = (text: string) => written.push(text) > 0;
    const terminal = { isTTY: true, columns: 0, write };
    using bar = await ProgressBar.open({ color: false, terminal });
    const step = (rows: number) =>
      bar.show({
        ...{ epoch: 1, epochs: 2, step: 1, steps: 2, readStep: 1, rows },
        ...{ totalRows: 1000, loss: 1, acc: 0.5, lr: 0.1, imagesPerSecond: 9 },
      });
    step(0);
    now += 1000 * Number(seconds);
    step(500);
    bar.clear();
    assertMatch(written.join(""), new RegExp(` ${left} left`));
    // Where a terminal does not tell its width it has 80 columns.
    assertMatch(written.join(""), / [█░]{11} /);
  }
});

Deno.test("a line of status is written over, cut to the terminal, and taken away", () => {
  const written: string[] = [];
  using _terminal = replaced(Deno.stdout, "isTerminal", () => true);
  using _size = replaced(Deno, "consoleSize", () => ({ columns: 10, rows: 5 }));
  using _write = replaced(Deno.stdout, "writeSync", (bytes: Uint8Array) => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  });
  {
    using line = new StatusLine(true);
    line.clear();
    assertEquals(written, []);
    line.show("epoch 1 of 20");
    line.show("done");
  }
  assertEquals(written, ["\r\x1b[Kepoch 1 o", "\r\x1b[Kdone", "\r\x1b[K"]);
  using quiet = new StatusLine(false);
  quiet.show("nothing");
  assertEquals(written.length, 3);
});

Deno.test("words of a command are quoted where a shell needs it", () => {
  assertEquals(shellWord("--lr=0.1"), "--lr=0.1");
  assertEquals(shellWord("it's 5"), String.raw`'it'\''s 5'`);
  const of = (data: string, dataset: string) =>
    datasetName({ data, dataset }, "some/where");
  assertEquals([of("data", ""), of("./data", ""), of("x", "")], [
    ...["MNIST", "MNIST"],
    "where",
  ]);
  assertEquals(of("data", "kmnist"), "kmnist");
  assertEquals(settingLine({}), "as given");
  assertEquals(settingLine({ lr: "1", seed: "2" }), "lr 1, seed 2");
});

Deno.test("the first signal asks for an end, the second one ends at once", () => {
  const heard = new Map<string, () => void>();
  using _add = replaced(
    Deno,
    "addSignalListener",
    (name: string, listener: () => void) => heard.set(name, listener),
  );
  using _remove = replaced(
    Deno,
    "removeSignalListener",
    (name: string) => heard.delete(name),
  );
  using _exit = replaced(Deno, "exit", (status: number) => {
    throw new EvalError(`exit ${status}`);
  });
  const told: string[] = [];
  using _error = replaced(console, "error", (text: string) => told.push(text));
  {
    using interrupt = new Interrupt("after this step");
    assertEquals(interrupt.signal.aborted, false);
    heard.get("SIGTERM")!();
    assertEquals(interrupt.signal.reason.status, 143);
    interrupt.stop();
    assertThrows(heard.get("SIGINT")!, EvalError, "exit 130");
    assertEquals(told, [
      "stopping after this step; SIGTERM again stops at once",
    ]);
  }
  assertEquals(heard.size, 0);
});

Deno.test("a failure that is no file's ends the training", async () => {
  const unwritten = new Unwritten();
  await assertRejects(
    () => unwritten.attempt("log", () => Promise.reject(new TypeError("?"))),
    TypeError,
  );
  assertEquals(unwritten.failures, []);
});

Deno.test("a file of a run that cannot be deleted is named", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "report.html");
  await Deno.writeTextFile(path, "");
  const refuse = (error: Error) => () => Promise.reject(error);
  {
    using _remove = replaced(
      Deno,
      "remove",
      refuse(new Deno.errors.PermissionDenied("read-only")),
    );
    await assertRejects(
      () => removeRun(folder.path),
      DataError,
      `cannot delete ${path}: got read-only. Help: Delete only what you may`,
    );
  }
  using _remove = replaced(
    Deno,
    "remove",
    refuse(new Deno.errors.NotCapable("--allow-write")),
  );
  await assertRejects(() => removeRun(folder.path), Deno.errors.NotCapable);
});

Deno.test("weights of which nobody knows what they were measured on are kept", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "weights.safetensors");
  const measured = { valAcc: 0.5, valData: "these" };
  const write = (path: string) =>
    writeSafetensors(path, [], { val_acc: "0.25" });
  const kept = "nothing tells what it was measured on";
  for (const name of ["", ".acc-0.50000", ".acc-0.50000-2"]) {
    assertEquals(await destinationOf(path, measured), {
      path: path.replace(".safetensors", `${name}.safetensors`),
      kept: name === "" ? null : kept,
    });
    await write(path.replace(".safetensors", `${name}.safetensors`));
  }
  await assertRejects(
    () => destinationOf(join(path, "within"), measured),
    Deno.errors.NotADirectory,
  );
});

Deno.test("a resumed training's table begins anew where there is none of its own", async () => {
  await using folder = await temporaryFolder();
  const csv = join(folder.path, "log.csv");
  const losses: StepLoss[] = [{ step: 20, loss: 0.5 }];
  const settings = { ...DEFAULT_SETTINGS, batchSize: 10 };
  const trainer = { history: history(1), losses, rows: 200, settings };
  const write = async (own: object) => {
    const logs = new Logs({ csv, json: "" }, new Unwritten(), true);
    await logs.write({ ...trainer, ...own } as unknown as Trainer);
    const [, ...lines] = (await Deno.readTextFile(csv)).trimEnd().split("\n");
    return lines.map((line) => line.split(",").slice(0, 4).join());
  };
  const epoch = "1,20,,1";
  assertEquals(await write({}), ["1,20,0.5,", epoch]);
  // What is there stays; without losses all of it.
  assertEquals(await write({ losses: [] }), ["1,20,0.5,", epoch]);
  await Deno.writeTextFile(csv, "x,y\n1,2\n");
  assertEquals(await write({ losses: [] }), [epoch]);
  await assertRejects(
    () =>
      new Logs(
        { csv: join(csv, "within"), json: "" },
        new Unwritten(),
        true,
      ).write(trainer as unknown as Trainer),
    Deno.errors.NotADirectory,
  );
});

Deno.test("a chart of rates has a mark only below a suggestion", async () => {
  const points = Array.from({ length: 30 }, (_, at) => {
    const lr = 10 ** (-3 + at / 10);
    return { lr, loss: 1 + at, smooth: 1 + at };
  });
  const lines = async (suggestion: number) =>
    (await lrChart(points, suggestion)).split("\n");
  const marked = await lines(1e-2);
  assertEquals(marked.at(-1)!.trim(), "^");
  assertEquals(
    marked.at(-1)!.indexOf("^"),
    marked.at(-2)!.indexOf("1e-2"),
  );
  assertEquals(await lines(NaN), marked.slice(0, -1));
});

Deno.test("a file in a sweep's folder that no sweep wrote is refused", async () => {
  await using folder = await temporaryFolder();
  for (
    const [text, got] of [
      ["{", "another file"],
      ["7", "another file"],
      [`{ "version": 7 }`, "version 7"],
    ]
  ) {
    const path = join(folder.path, "sweep.json");
    await Deno.writeTextFile(path, text);
    await assertRejects(
      () => readSweep(folder.path),
      FormatError,
      `${path}: expected a file that sweep wrote, of version 1, got ${got}. ` +
        "Help: Give the folder of a sweep, unchanged.",
    );
  }
});

Deno.test("runs are compared beside each other, or below where lines are short", () => {
  const run = (name: string, seed: number, epochs: number): FoundRun => ({
    ...{ name, folder: name, history: history(epochs) },
    settings: { ...DEFAULT_SETTINGS, seed },
    best: history(epochs)[0],
  } as unknown as FoundRun);
  const runs = [run("one", 0, 1), run("another", 5, 1), run("third", 7, 0)];
  const wide = comparison(runs, 200).split("\n");
  assertMatch(wide[0], /^ +one +another +third$/);
  assert(wide.some((line) => /^seed +0 +5 +7$/.test(line)), wide.join("\n"));
  assert(wide.some((line) => /^val_acc +0\.8\d* +0\.8\d* +-$/.test(line)));
  const blocks = comparison(runs, 36).split("\n\n");
  assertEquals(blocks.map((block) => block.split("\n")[0].trim()), [
    ...["one  another", "third"],
  ]);
  assertMatch(blocks[1], /^seed +7$/m);
  // One alone is told by what is not the default.
  assertMatch(comparison(runs.slice(1, 2), 10), /^seed +5$/m);
});

Deno.test("images of other sizes are no samples of the page, and fit no weights", async () => {
  await using folder = await temporaryFolder();
  await store(folder.path, {
    "t10k-images-idx3-ubyte": {
      dtype: "u8",
      shape: [2, 4, 4],
      data: new Uint8Array(32),
    },
    "t10k-labels-idx1-ubyte": {
      dtype: "u8",
      shape: [2],
      data: new Uint8Array([1, 0]),
    },
  });
  assertEquals(await samplesIn(folder.path, { classes: 10 }, true), []);
  const dataset = new ImageDataset({
    rows: {
      images: new Uint8Array(3 * 32 * 32),
      shape: [3, 32, 32],
      labels: new Uint8Array(1),
      labelsName: "labels",
    },
    source: "pictures",
    split: "train",
  });
  assertThrows(
    () => checkFits({ inputShape: [1, 28, 28] }, dataset),
    DataError,
    "images do not fit the weights: expected 28 × 28 pixels, " +
      "got 32 × 32 pixels of 3 channels. Help: ",
  );
});

Deno.test("doctor names the device that fails, with status 1", async () => {
  using _open = replaced(CpuDevice, "open", () => {
    throw new DeviceError("no threads");
  });
  using _gpu = replaced(navigator, "gpu", undefined);
  // To look for adapters changes the environment, which other tests share.
  const denied = () => Promise.resolve({ state: "denied" });
  using _query = replaced(Deno.permissions, "query", denied);
  const { code, stderr, stdout } = await runHere("doctor", "--seconds", "0");
  assertEquals([code, stderr], [
    1,
    "error: doctor: not every device computes rightly. " +
    "Help: See what failed above.\n",
  ]);
  assertMatch(stdout, /\nadapters: unknown without --allow-env=/);
  assertMatch(stdout, /\ncpu: FAILED: no threads\n/);
  assertMatch(stdout, /\nauto takes none of them\n/);
  assertMatch(
    stdout,
    /\nmissing: WebGPU: this program runs without it\n {2}deno/,
  );
});

Deno.test("a call of nothing is told what there is; a mistake is no failure of the user's", async () => {
  const { code, stderr } = await runHere();
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^error: command: expected train, .*, got nothing\. Help: /,
  );
  using _log = replaced(console, "log", () => {
    throw new EvalError("a mistake");
  });
  const { main } = await import("../../src/cli/mod.ts");
  await assertRejects(() => main(["--version"]), EvalError, "a mistake");
});
