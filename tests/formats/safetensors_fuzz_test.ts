import { assert, assertEquals } from "@std/assert";
import { FormatError } from "../../src/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
} from "../../src/formats/safetensors.ts";

const valid = encodeSafetensors([
  ["weight", {
    dtype: "F32",
    shape: [2, 2],
    data: new Float32Array([1, 2, 3, 4]),
  }],
  ["steps", { dtype: "I64", shape: [], data: new BigInt64Array([7n]) }],
  ["mask", { dtype: "BOOL", shape: [3], data: new Uint8Array([1, 0, 1]) }],
], { format: "pt" });

/** Marsaglia's xorshift32: integers from 0 up to the bound. */
function randomIntegers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** One to three changes: a byte replaced, a piece cut out, repeated or lost. */
function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: (bound: number) => number,
): Uint8Array<ArrayBuffer> {
  const likely = new TextEncoder().encode('0123456789{}[]",:-. \\eFIU');
  let mutant = bytes;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const start = random(mutant.length + 1);
    const end = Math.min(start + random(9), mutant.length);
    const piece = [
      [likely[random(likely.length)]],
      [random(256)],
      [],
      [...mutant.subarray(start, end), ...mutant.subarray(start, end)],
    ][random(4)];
    const kept = random(2) === 0 ? end : Math.min(start + 1, mutant.length);
    mutant = new Uint8Array([
      ...mutant.subarray(0, start),
      ...piece,
      ...mutant.subarray(random(50) === 0 ? mutant.length : kept),
    ]);
  }
  return mutant;
}

Deno.test("decodeSafetensors refuses or reads 1000 mutated files, never anything else", () => {
  const random = randomIntegers(0x5afe);
  let refused = 0;
  for (let round = 0; round < 1000; round++) {
    const mutant = mutate(valid, random);
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
