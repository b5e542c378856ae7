/**
 * Helps in the words of a command line. What is said here of the program stays
 * so for this file, which has modules of its own.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { helpFor, nameCommands, optionText } from "../../src/base/help.ts";
import { ShapeError } from "../../src/base/errors.ts";
import { noTensor } from "../../src/formats/_no_tensor.ts";
import { checkPictureInput } from "../../src/models/mod.ts";

Deno.test("helps name commands and flags once the program has them", () => {
  const helps = {
    program: "program",
    page: "page",
    cli: (callOf: (command: string) => string) => callOf("train"),
  };
  assertEquals(helpFor(helps), "program");
  assertEquals(optionText("batch-size", "8"), '`batchSize: "8"`');
  assertEquals(optionText("label-smoothing"), "`labelSmoothing`");
  nameCommands((command) => `deno task ${command}`);
  assertEquals(helpFor(helps), "deno task train");
  assertEquals(helpFor({ ...helps, cli: "flags" }), "flags");
  assertEquals(helpFor({ program: "program", page: "page" }), "program");
  assertEquals(optionText("batch-size", "8"), "`--batch-size 8`");
  assertEquals(optionText("label-smoothing"), "`--label-smoothing`");
  assertEquals(
    noTensor("a.npz", "x").message.split("Help: ")[1],
    "See the names with `deno task inspect`.",
  );
  assertThrows(
    () => checkPictureInput("predict", { inputShape: [3, 32, 32] }),
    ShapeError,
    "a folder of others is predicted by `deno task predict --data DIR`.",
  );
});
