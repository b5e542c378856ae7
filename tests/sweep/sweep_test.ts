import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { rungsOf, survivorCount } from "../../src/sweep/halving.ts";
import {
  axisOf,
  grid,
  type ListAxis,
  rank,
  runSweep,
  sample,
  type Trial,
  trialsOf,
  type TrialState,
} from "../../src/sweep/mod.ts";
import { entryOf, runTrialProcess } from "../../src/sweep/trial_process.ts";
import type { TrainSettings } from "../../src/training/mod.ts";
import { version } from "../../src/base/version.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const permittedTest = testWith("read", "run", "write");

const axis = (name: keyof TrainSettings, text: string) => axisOf(name, text)!;

Deno.test("a grid has every combination once, in the order of the lists", () => {
  const axes = [axis("lr", "0.01,0.1"), axis("optimizer", "adam,adamw")];
  assertEquals(grid(axes as ListAxis[]), [
    { lr: "0.01", optimizer: "adam" },
    { lr: "0.01", optimizer: "adamw" },
    { lr: "0.1", optimizer: "adam" },
    { lr: "0.1", optimizer: "adamw" },
  ]);
  assertEquals(axisOf("lr", "0.01"), null);
  assertEquals(axisOf("milestones", "5,8"), null);
});

Deno.test("a random search draws the same settings for the same seed", () => {
  const axes = [
    axis("lr", "1e-4:1e-1"),
    axis("batchSize", "16:18"),
    axis("gamma", "0.5:1.5"),
    axis("network", "mlp,cnn"),
  ];
  const drawn = sample(axes, 300, 0);
  assertEquals(drawn, sample(axes, 300, 0));
  assertEquals(drawn.slice(0, 20), sample(axes, 20, 0));
  assert(JSON.stringify(drawn) !== JSON.stringify(sample(axes, 300, 1)));
  const numbers = (name: string) => drawn.map((each) => Number(each[name]));
  assertEquals(new Set(numbers("batch-size")), new Set([16, 17, 18]));
  assert(numbers("lr").every((lr) => lr >= 1e-4 && lr <= 1e-1));
  // A third of the decades has about a third of the values.
  const decade = numbers("lr").filter((lr) => lr < 1e-3).length;
  assert(decade > 70 && decade < 130, `${decade} of 300 below 1e-3`);
  const upper = numbers("gamma").filter((gamma) => gamma > 1).length;
  assert(upper > 120 && upper < 180, `${upper} of 300 above 1`);
});

Deno.test("a random search of lists repeats no setting", () => {
  const axes = [axis("lr", "0.1,0.2,0.3"), axis("batchSize", "10,20")];
  const texts = (count: number) =>
    sample(axes, count, 0).map((each) => JSON.stringify(each)).toSorted();
  assertEquals(
    texts(9),
    grid(axes as ListAxis[]).map((each) => JSON.stringify(each)).toSorted(),
  );
  assertEquals(new Set(texts(4)).size, 4);
  // Three whole numbers are all that there are.
  assertEquals(sample([axis("epochs", "1:3")], 50, 0).length, 3);
});

const wrong: [name: keyof TrainSettings, text: string, message: string][] = [
  ["lr", "0.1,-1", "--lr: expected a number above 0, got -1"],
  ["lr", "0.1,", "--lr: expected a number above 0, got nothing"],
  ["lr", "0.1,0.1", "--lr: expected each value once, got 0.1 twice"],
  ["lr", "1:0.1", "--lr: expected a range LOW:HIGH of two numbers, got 1:0.1"],
  ["lr", "1:2:3", "--lr: expected a range LOW:HIGH of two numbers"],
  ["weightDecay", "0:1", "--weight-decay: expected a range above 0, drawn"],
  ["batchSize", "1.5:3", "--batch-size: expected a whole number of at least 1"],
  ["network", "cnn,mpl", "--network: expected cnn, "],
  ["network", "cnn:mlp", "--network: expected a range LOW:HIGH of two numbers"],
];
for (const [name, text, message] of wrong) {
  Deno.test(`${name} ${text} is no list and no range`, () => {
    assertThrows(() => axisOf(name, text), RangeError, message);
  });
}

Deno.test("rungs go down from all epochs by the reduction factor", () => {
  const rungs = (epochs: number, reductionFactor: number, minResource = 1) =>
    rungsOf(epochs, { reductionFactor, minResource });
  assertEquals(rungs(27, 3), [1, 3, 9, 27]);
  assertEquals(rungs(10, 3), [1, 3, 10]);
  assertEquals(rungs(27, 3, 2), [3, 9, 27]);
  assertEquals(rungs(16, 4), [1, 4, 16]);
  assertEquals(rungs(2, 3), [2]);
  assertEquals([9, 8, 2].map((count) => survivorCount(count, 3)), [3, 2, 1]);
});

const epoch = (number: number, valAcc: number) => ({
  ...{ epoch: number, loss: 0.5, acc: 0.5, valAcc, valLoss: 1 - valAcc },
  ...{ lr: 0.01, trainSeconds: 1, evalSeconds: 1, imagesPerSecond: 1 },
});

Deno.test("the mean over the seeds of each one's best epoch decides", () => {
  const trials = trialsOf("sweep", 3, [4, 5]);
  assertEquals(trials.map(({ name }) => name).slice(0, 3), [
    ...["trial-01-seed-4", "trial-01-seed-5", "trial-02-seed-4"],
  ]);
  const histories = [[0.5, 0.25], [0.75], [0.5], [1, 0], [0.875], [0.875]];
  const states = new Map<Trial, TrialState>(trials.map((trial, index) => [
    trial,
    {
      history: histories[index].map((acc, at) => epoch(at + 1, acc)),
      isDone: true,
    },
  ]));
  const order = (epochs?: number) =>
    rank([0, 1, 2], trials, states, epochs).map((each) =>
      [each.setting, each.valAcc] as const
    );
  assertEquals(order(), [[2, 0.875], [1, 0.75], [0, 0.625]]);
  assertEquals(rank([1], trials, states)[0].deviation, Math.sqrt(0.125));
  // Who failed is last, whatever the other seed reached.
  states.set(trials[5], { ...states.get(trials[5])!, failure: "lost" });
  assertEquals(order().map(([setting]) => setting), [1, 0, 2]);
});

Deno.test("successive halving lets the best go on, each to its rung", async () => {
  const trials = trialsOf("sweep", 5, [0]);
  const none: TrialState = { history: [], isDone: false };
  const states = new Map(trials.map((trial) => [trial, none]));
  const calls: [name: string, stopAfter: number | null][] = [];
  // The third is best, then the second; the fourth fails at once.
  const qualities = [0.25, 0.5, 0.75, 1, 0.125];
  const options = {
    jobs: 2,
    signal: new AbortController().signal,
    run: (trial: Trial, stopAfter: number | null) => {
      calls.push([trial.name, stopAfter]);
      const history = Array.from(
        { length: stopAfter ?? 4 },
        (_, at) => epoch(at + 1, qualities[trial.setting]),
      );
      const state: TrialState = { history, isDone: stopAfter === null };
      const isLost = trial.setting === 3;
      return Promise.resolve(isLost ? { ...none, failure: "lost" } : state);
    },
    onTrial: () => Promise.resolve(),
  };
  const plan = { trials, settings: 5, rungs: [1, 2, 4], reductionFactor: 2 };
  await runSweep(plan, { ...options, states });
  assertEquals(calls, [
    ["trial-01", 1],
    ["trial-02", 1],
    ["trial-03", 1],
    ["trial-04", 1],
    ["trial-05", 1],
    ["trial-02", 2],
    ["trial-03", 2],
    ["trial-03", null],
  ]);
  assertEquals(
    trials.map((trial) => states.get(trial)!.history.length),
    [1, 2, 4, 0, 1],
  );
  // What is done is not done again, and decides as it did.
  calls.length = 0;
  await runSweep(plan, { ...options, states });
  assertEquals(calls, []);
});

Deno.test("what is no trial's failure ends the sweep, and begins no other trial", async () => {
  const trials = trialsOf("sweep", 4, [0]);
  const none: TrialState = { history: [], isDone: false };
  const begun: string[] = [];
  const options = {
    jobs: 2,
    signal: new AbortController().signal,
    states: new Map(trials.map((trial) => [trial, none])),
    run: async ({ name }: Trial) => {
      begun.push(name);
      await Promise.resolve();
      if (name === "trial-02") throw new EvalError("no space left");
      return { ...none, isDone: true };
    },
    onTrial: () => Promise.resolve(),
  };
  const plan = { trials, settings: 4, rungs: [1], reductionFactor: 2 };
  await assertRejects(
    () => runSweep(plan, options),
    EvalError,
    "no space left",
  );
  assertEquals(begun.slice(0, 2), ["trial-01", "trial-02"]);
  assertEquals(begun.includes("trial-04"), false);
});

permittedTest(
  "a trial that is to stop before it has begun, and one that cannot be",
  async () => {
    await using folder = await temporaryFolder();
    const lines: string[] = [];
    const end = await runTrialProcess(
      { folder: folder.path, args: ["--fly"], initial: [] },
      { signal: AbortSignal.abort(), onDetail: (line) => lines.push(line) },
    );
    assertEquals(end.code, 2);
    assertMatch(end.message, /unknown argument --fly\. Help: /);
    assertEquals(lines, [`error: ${end.message}`]);
  },
);

Deno.test("a trial is started by the module that the sweep was loaded from", () => {
  const own = "src/sweep/trial_process.ts";
  for (const root of ["file:///a%20b/", "http://127.0.0.1:8000/"]) {
    assertEquals(entryOf(root + own), `${root}src/cli/mod.ts`);
  }
  const [name, number] = version.split(" ");
  assertEquals(
    entryOf(`https://jsr.io/${name}/${number}/${own}`),
    `jsr:${name}@${number}/cli`,
  );
  assertEquals(entryOf("file:///mnist-cnn.js"), "file:///mnist-cnn.js");
});
