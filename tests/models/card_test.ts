/** The metadata beside weights, which anybody may have written. */
import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import {
  cardMetadata,
  cardOf,
  checkPictureInput,
  type ModelCard,
} from "../../src/models/mod.ts";
import { classLabel } from "../../src/models/card.ts";

Deno.test("a card is what was written of it, MNIST's shape left out", () => {
  const card: ModelCard = {
    inputShape: [3, 32, 32],
    classNames: ["cat", "dog, small"],
    normalize: [0.5, 0.4, 0.3, 0.25, 0.2, 0.1],
    temperature: 1.5,
  };
  const metadata = cardMetadata(card);
  assertEquals(metadata, {
    input_shape: "3,32,32",
    class_names: '["cat","dog, small"]',
    normalize: "0.5,0.4,0.3,0.25,0.2,0.1",
    temperature: "1.5",
  });
  assertEquals(cardOf(metadata), card);
  assertEquals(cardMetadata({ inputShape: [1, 28, 28], normalize: [] }), {});
});

Deno.test("what is damaged in metadata is left out of the card", () => {
  const damaged: Record<string, string[]> = {
    input_shape: ["", "3,x,32", "1,0,28", "1,-2", "1.5"],
    class_names: ["cat", '{"a":1}', '["a",1]', "null"],
    normalize: ["0.5", "0.5,0", "1,2,3", "0.5,Infinity", "a,b"],
  };
  for (const [name, texts] of Object.entries(damaged)) {
    for (const text of texts) {
      assertEquals(cardOf({ [name]: text }), {}, `${name} ${text}`);
    }
  }
});

Deno.test("a class is printed by its name, a number where that is one", () => {
  const names = ["cat", "7", "07", "10"];
  assertEquals(
    [0, 1, 2, 3, 4].map((index) => classLabel(index, names)),
    ["cat", 7, "07", 10, 4],
  );
  assertEquals(classLabel(3, undefined), 3);
});

Deno.test("weights for other images than digits are refused for pictures", () => {
  for (const inputShape of [undefined, [1, 28, 28], [784]]) {
    checkPictureInput("predictDigits", { inputShape });
  }
  assertThrows(
    () => checkPictureInput("predictDigits", { inputShape: [3, 32, 32] }),
    ShapeError,
    "predictDigits: weights: expected those of a network for 1 × 28 × 28 " +
      "pixels, as digits are read from pictures, got 3 × 32 × 32, channels " +
      "first. Help: Train on such images; others are predicted as a data set.",
  );
});
