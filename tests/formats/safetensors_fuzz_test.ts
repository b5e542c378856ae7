import { assert, assertEquals } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
} from "../../src/formats/safetensors.ts";
import { mutate, randomIntegers } from "./_mutate.ts";

const valid = encodeSafetensors([
  ["weight", {
    dtype: "F32",
    shape: [2, 2],
    data: new Float32Array([1, 2, 3, 4]),
  }],
  ["steps", { dtype: "I64", shape: [], data: new BigInt64Array([7n]) }],
  ["mask", { dtype: "BOOL", shape: [3], data: new Uint8Array([1, 0, 1]) }],
], { format: "pt" });

Deno.test("decodeSafetensors refuses or reads 1000 mutated files, never anything else", () => {
  const random = randomIntegers(0x5afe);
  const likely = '0123456789{}[]",:-. \\eFIU';
  let refused = 0;
  for (let round = 0; round < 1000; round++) {
    const mutant = mutate(valid, random, likely);
    try {
      const { tensors, metadata } = decodeSafetensors(mutant);
      for (const { shape, data } of tensors.values()) {
        assertEquals(shape.reduce((a, b) => a * b, 1), data.length);
      }
      const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
      assertEquals(again, { tensors, metadata });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refused++;
    }
  }
  assert(refused > 500 && refused < 1000, `${refused} of 1000 were refused`);
});
