/** What is packed far too well is not unpacked to its end. */
import { assert, assertEquals } from "@std/assert";
import { unpacked } from "../../src/formats/unpacked.ts";
import { gzip } from "../data/_fixtures.ts";

Deno.test("reading that stops early unpacks little more", async () => {
  const bomb = await gzip(new Uint8Array(64 * 2 ** 20));
  let taken = 0;
  function* counted() {
    for (let at = 0; at < bomb.length; at += 1024) {
      taken += 1024;
      yield bomb.subarray(at, at + 1024);
    }
  }
  for await (const chunk of unpacked(counted(), "gzip")) {
    assert(chunk.length > 0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(taken <= 8 * 1024, `${taken} of ${bomb.length} bytes`);

  // One part is taken in pieces, too.
  const reader = unpacked([bomb], "gzip").getReader();
  const { value } = await reader.read();
  await reader.cancel();
  assert(value!.length <= 9 * 2 ** 20, `${value!.length} bytes`);
});

Deno.test("parts of any size are unpacked whole", async () => {
  const whole = Uint8Array.from({ length: 200_000 }, (_, at) => at * at >> 3);
  const packed = await gzip(whole);
  const parts = [packed.subarray(0, 1), packed.subarray(1, 1), packed.slice(1)];
  const read = await new Response(unpacked(parts, "gzip")).bytes();
  assertEquals(read, whole);
});
