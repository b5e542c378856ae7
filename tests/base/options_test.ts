import { assertEquals, assertThrows } from "@std/assert";
import { checkOptions } from "../../src/base/options.ts";

interface Options {
  batchSize?: number;
  seed?: number;
}

const check = (options: unknown) => () =>
  checkOptions<Options>("train", options as Options, ["batchSize", "seed"]);

const refused: [name: string, options: unknown, message: string][] = [
  [
    "an underscore",
    { batch_size: 3 },
    "train: unknown option batch_size, did you mean batchSize? " +
    "Help: The options are batchSize, seed.",
  ],
  [
    "a misspelt word",
    { sed: 3 },
    "train: unknown option sed, did you mean seed? " +
    "Help: The options are batchSize, seed.",
  ],
  [
    "a word of its own, undefined too",
    { seed: 1, momentum: undefined },
    "train: unknown option momentum. Help: The options are batchSize, seed.",
  ],
  [
    "null",
    null,
    "train: options: expected an object, got null. " +
    "Help: Give options by name: { batchSize, seed }.",
  ],
  ["a number", 3, "got 3"],
  ["an array", [3], "got an array"],
  ["an object of a class", new Map(), "got a Map"],
  ["a function", () => 3, "got a function"],
];

for (const [name, options, message] of refused) {
  Deno.test(`options: ${name} is refused`, () => {
    const error = assertThrows(check(options), TypeError, message);
    assertEquals(error.message.includes("\n"), false);
  });
}

Deno.test("options that exist, or were left out, are taken", () => {
  check(undefined)();
  check({})();
  check({ batchSize: 3, seed: undefined })();
  check(Object.assign(Object.create(null), { seed: 1 }))();
});
