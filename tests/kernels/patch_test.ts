import { assert, assertEquals } from "@std/assert";
import { makePatch } from "../../kernels/generate_patch.ts";
import { applyPatch } from "../../kernels/lib/patch.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const pairs: [source: string, target: string][] = [
  ["", ""],
  ["", "new"],
  ["abc", ""],
  ["the same", "the same"],
  ["some words in their order", "in their order some words, and others"],
  ["0123456789".repeat(40), "0123456789".repeat(39) + "x" + "0123456789"],
];

Deno.test("a patch makes the target of its source", () => {
  for (const [source, target] of pairs) {
    const patch = makePatch(bytes(source), bytes(target));
    assertEquals(applyPatch(bytes(source), patch), bytes(target));
  }
});

Deno.test("a patch has what is new, and little else", () => {
  const source = Uint8Array.from({ length: 5000 }, (_, at) => at * at % 251);
  const target = new Uint8Array([
    ...source.subarray(0, 2000),
    ...bytes("something new"),
    ...source.subarray(1990),
  ]);
  const patch = makePatch(source, target);
  assertEquals(applyPatch(source, patch), target);
  assert(patch.length < 40, `${patch.length} bytes`);
});
