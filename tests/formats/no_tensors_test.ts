/** What is given to a writer in place of named tensors. */
import { assertRejects, assertThrows } from "@std/assert";
import { Linear } from "../../mod.ts";
import {
  encodeNpz,
  encodePyTorch,
  encodeSafetensors,
  writeWeights,
} from "../../src/formats/mod.ts";

const given: [what: string, tensors: unknown, message: string][] = [
  [
    "a state dictionary that was not awaited",
    Promise.resolve(new Map()),
    "got a promise. Help: Await it: await model.stateDict().",
  ],
  ["a model", new Linear(2, 1), "got a model. Help: Give await model.state"],
  ["a record", {}, "got object. Help: Of an object, new Map(Object.entries("],
];
for (const [what, tensors, message] of given) {
  Deno.test(`${what} is refused by every format`, async () => {
    const expected = "tensors: expected a Map of names and tensors, as stateD";
    for (
      const [format, encode] of Object.entries({ encodeNpz, encodePyTorch })
    ) {
      const { message: told } = await assertRejects(
        () => encode(tensors as never),
        TypeError,
        message,
      );
      if (!told.includes(expected)) throw new Error(`${format}: ${told}`);
    }
    assertThrows(() => encodeSafetensors(tensors as never), TypeError, message);
    await assertRejects(
      () => writeWeights("x.safetensors", { tensors } as never),
      TypeError,
      `writeWeights: ${expected}`,
    );
  });
}

Deno.test("writeWeights wants its tensors by name", async () => {
  await assertRejects(
    () => writeWeights("x.npz", new Map() as never),
    TypeError,
    "got none. Help: Give { tensors: await model.stateDict() }.",
  );
});
