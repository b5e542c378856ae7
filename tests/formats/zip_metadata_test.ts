/** Metadata in the comments of archives. */
import { assertEquals } from "@std/assert";
import {
  decodeWeights,
  encodeNpz,
  encodePyTorch,
} from "../../src/formats/mod.ts";
import { metadataIn } from "../../src/formats/_zip_metadata.ts";

const data = new Float32Array([1, 2]);
const tensors = [["bias", { dtype: "F32", shape: [2], data }]] as const;

for (const [name, encode] of Object.entries({ encodeNpz, encodePyTorch })) {
  Deno.test(`${name} keeps metadata, and leaves out what is too long`, async () => {
    const metadata = { class_names: '["ä","b"]', normalize: "0.5,0.25" };
    const read = await decodeWeights(await encode(tensors, metadata));
    assertEquals(read.metadata, metadata);
    assertEquals(read.tensors.get("bias")?.data, data);
    const long = { note: "n".repeat(2 ** 16) };
    const without = await decodeWeights(await encode(tensors, long));
    assertEquals(without.metadata, {});
    assertEquals(without.tensors.get("bias")?.data, data);
  });
}

Deno.test("a comment of another program's is no metadata", () => {
  const texts = ["", "PK", "{", '{"a":1}', '["a"]', "{}", '"a"', "null"];
  for (const text of texts) {
    assertEquals(metadataIn(new TextEncoder().encode(text)), {}, text);
  }
});
