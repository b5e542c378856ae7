import { assertEquals } from "@std/assert";
import { grouped } from "../../src/base/table.ts";

Deno.test("grouped: a comma before each three digits from the right", () => {
  const texts = [0, 12, 999, 1000, 29_034, 123_456, 1_234_567].map(grouped);
  assertEquals(
    texts.join(" "),
    "0 12 999 1,000 29,034 123,456 1,234,567",
  );
});
