/** What `deno task fuzz` found, as small as it got. */
import { assertRejects } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { decodeImage } from "../../src/digits/decode.ts";
import { pngFile } from "./hostile_bytes.ts";

Deno.test("a PNG whose header is cut short is refused in our own words", async () => {
  const file = pngFile([
    ["IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8)],
    ["IEND", new Uint8Array()],
  ]);
  await assertRejects(
    () => decodeImage(file, "a.png"),
    FormatError,
    "got a header of 9 bytes. Help: ",
  );
});
