import { assertEquals } from "@std/assert";
import { decode } from "npm:fast-png@8.0.0";
import { encodePng } from "../../src/digits/mod.ts";

Deno.test("encodePng writes the pixels as 8-bit grey", async () => {
  const data = Uint8Array.from({ length: 15 }, (_, at) => at * 17);
  const png = await encodePng({ width: 5, height: 3, data });
  const { channels, depth, height, width, ...decoded } = decode(png);
  assertEquals([width, height, channels, depth], [5, 3, 1, 8]);
  assertEquals(new Uint8Array(decoded.data), data);
});
