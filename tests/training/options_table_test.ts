import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_SETTINGS,
  flagOf,
  OPTION_NAMES,
  OPTIONS,
  settingsOf,
  type TrainOptions,
} from "../../src/training/mod.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read");

permittedTest(
  "the documentation of a setting names the default of the table",
  async () => {
    const source = await Deno.readTextFile(
      new URL("../../src/training/options.ts", import.meta.url),
    );
    const [body] = source.match(/interface TrainSettings \{[^]*?\n\}/)!;
    const documented = new Map(
      Array.from(
        body.matchAll(/\/\*\*([^]*?)\*\/\s+(\w+):\s/g),
        ([, text, name]) => [name, /Default `?(.+?)`?[.:]\s/.exec(text)?.[1]],
      ),
    );
    const expected = OPTION_NAMES.map((name) => [
      name,
      JSON.stringify(OPTIONS[name].default),
    ]);
    assertEquals(Object.fromEntries(documented), Object.fromEntries(expected));
  },
);

Deno.test("defaults are valid, and no flag stands for two settings", () => {
  assertEquals(settingsOf({}, null), DEFAULT_SETTINGS);
  assertEquals(new Set(OPTION_NAMES.map(flagOf)).size, OPTION_NAMES.length);
  assertEquals(flagOf("labelSmoothing"), "label-smoothing");
});

/** A value out of range for each setting, and what the error says. */
const wrong: Record<keyof typeof DEFAULT_SETTINGS, [unknown, string]> = {
  recipe: ["quick", "recipe: expected notebook, fast, best, got quick"],
  network: ["rnn", "network: expected cnn, wider-cnn, mlp, got rnn"],
  epochs: [0, "epochs: expected a whole number of at least 1, got 0"],
  batchSize: [1.5, "batchSize: expected a whole number of at least 1, got 1.5"],
  lr: [-1, "lr: expected a number above 0, got -1"],
  schedule: [
    "sine",
    "schedule: expected constant, step, multistep, exponential, cosine, " +
    "one-cycle, plateau, got sine",
  ],
  milestones: [
    [3, 3],
    "milestones: expected whole numbers above 0 in rising order, got 3",
  ],
  stepSize: [0, "stepSize: expected a whole number of at least 1"],
  gamma: [NaN, "gamma: expected a number above 0, got NaN"],
  warmup: [Infinity, "warmup: expected a number above 0, got Infinity"],
  optimizer: [
    "sgd",
    "optimizer: expected adam, adamw, rmsprop, adadelta, got sgd",
  ],
  weightDecay: [-0.1, "weightDecay: expected a number above 0"],
  clipGradNorm: [-1, "clipGradNorm: expected a number above 0"],
  emaDecay: [1, "emaDecay: expected a number between 0 and 1, got 1"],
  labelSmoothing: [1, "labelSmoothing: expected a number between 0 and 1"],
  augment: [{ turn: 3 }, "augment: expected rotate, shift,"],
  normalize: [
    [0.1, 0],
    "normalize: expected mean and standard deviation, the latter above 0",
  ],
  freeze: [
    "layer1",
    "freeze: expected names of parts of the network: layer1, fc, got layer1",
  ],
  reset: [[1], "reset: expected names of parts of the network: layer1, fc"],
  seed: [-1, "seed: expected a whole number of at least 0, got -1"],
  limit: [-1, "limit: expected a whole number of at least 1, got -1"],
  valFraction: [1, "valFraction: expected a number between 0 and 1, got 1"],
  patience: [-1, "patience: expected a whole number of at least 0"],
  targetAcc: [1.5, "targetAcc: expected a number between 0 and 1, got 1.5"],
};
Deno.test("a setting out of range is refused by the words of its row", () => {
  for (const [name, [value, message]] of Object.entries(wrong)) {
    const options: TrainOptions = { [name]: value };
    assertThrows(() => settingsOf(options, null), RangeError, message);
  }
  assertThrows(
    () => settingsOf({ milestones: 5 as never }, null),
    RangeError,
    "milestones: expected whole numbers above 0 in rising order, got 5",
  );
  const part = { augment: { rotate: -1 } };
  assertThrows(
    () => settingsOf(part, null),
    RangeError,
    "train: augment rotate: expected a number above 0, got -1. Help: ",
  );
  const beyond = { augment: { erase: 2 } };
  assertThrows(() => settingsOf(beyond, null), RangeError, "RandomErasing");
});

Deno.test("settings that do not go together are refused", () => {
  const refused: [TrainOptions, string][] = [
    [
      { schedule: "one-cycle", warmup: 1 },
      "warmup: expected none with the schedule one-cycle, which begins",
    ],
    [
      { schedule: "plateau", warmup: 1 },
      "warmup: expected none with the schedule plateau, which looks at",
    ],
    [
      { schedule: "multistep" },
      "milestones: expected at least one epoch with the schedule multistep",
    ],
    [
      { schedule: "plateau", gamma: 1 },
      "gamma: expected a number below 1 with the schedule plateau, got 1",
    ],
  ];
  for (const [options, message] of refused) {
    assertThrows(() => settingsOf(options, null), RangeError, message);
  }
});

Deno.test("what a text means is what a program gives", () => {
  const { augment, lr, network, seed } = OPTIONS;
  assertEquals(
    [lr.parse("1e-3"), seed.parse("7"), network.parse("mlp")],
    [0.001, 7, "mlp"],
  );
  assertEquals(OPTIONS.milestones.parse("5,8"), [5, 8]);
  for (const text of ["", "5,", "5,x", "8,5", "0", "1.5"]) {
    const { milestones } = OPTIONS;
    assert(milestones.check(milestones.parse(text)) !== null, text);
  }
  // In one order, however they were given.
  const parsed = augment.parse("shift=0.1,rotate=10");
  assertEquals(JSON.stringify(parsed), '{"rotate":10,"shift":0.1}');
  assertEquals(augment.parse("none"), {});
  for (const text of ["rotate", "rotate=", "turn=3", ""]) {
    assert(augment.check(augment.parse(text)) !== null, text);
  }
});
