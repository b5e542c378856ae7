import { assertEquals } from "@std/assert";
import { show } from "../../src/formats/_malformed.ts";

Deno.test("malformed: what a file has is shown in 60 letters at most", () => {
  const shown: [unknown, string][] = [
    [undefined, "nothing"],
    [null, "null"],
    [12, "12"],
    [{ a: 1 }, "an object"],
    ['a "b"', '"a \\"b\\""'],
    ["a".repeat(58), `"${"a".repeat(58)}"`],
    ["a".repeat(59), `"${"a".repeat(59)}…`],
    ["a".repeat(58) + "\u{1f600}", `"${"a".repeat(58)}\ufffd…`],
    [[1, "a", [2], null], '[1, "a", an array, null]'],
    [[], "[]"],
    [Array(20).fill(1), `[${Array(20).fill(1).join(", ")}]`],
    [Array(1e6).fill(1), `[${"1, ".repeat(20)}…]`],
  ];
  for (const [value, text] of shown) assertEquals(show(value), text);
});
