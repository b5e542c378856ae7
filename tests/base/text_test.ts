/** Small texts: names, numbers as Python has them, HTML, versions, bytes. */
import { assertEquals, assertThrows } from "@std/assert";
import { checkChoice } from "../../src/base/choices.ts";
import { isDenoBefore } from "../../src/base/deno_version.ts";
import { html } from "../../src/base/html.ts";
import { joinBytes } from "../../src/base/join_bytes.ts";
import { pythonFloat } from "../../src/base/python_text.ts";
import { camelCase, snakeCase } from "../../src/base/snake_case.ts";
import { table } from "../../src/base/table.ts";

Deno.test("what is put into HTML is escaped, HTML itself is not", () => {
  const cells = ["<b>", "a & 'b'"].map((text) =>
    html`<td title="${'"'}">${text}</td>`
  );
  assertEquals(
    html`<tr>${cells}${html`<td>${3}</td>`}</tr>`.text,
    '<tr><td title="&quot;">&lt;b&gt;</td>' +
      '<td title="&quot;">a &amp; &#39;b&#39;</td><td>3</td></tr>',
  );
});

Deno.test("bytes are joined in their order", () => {
  const parts = [[1, 2], [], [3]].map((part) => Uint8Array.from(part));
  assertEquals(joinBytes(parts), Uint8Array.of(1, 2, 3));
  assertEquals(joinBytes([]), new Uint8Array());
});

Deno.test("names change between Python's spelling and ours", () => {
  assertEquals(snakeCase("inputShapeOf"), "input_shape_of");
  assertEquals(camelCase("input_shape_of"), "inputShapeOf");
});

Deno.test("a version of Deno is before another by its numbers", () => {
  assertEquals(
    ["2.4.9", "1.46.3", "2.5.0", "2.10.1", "3.0.0"].map((version) =>
      isDenoBefore(version, "2.5")
    ),
    [true, true, false, false, false],
  );
});

Deno.test("numbers are as Python prints a float", () => {
  // [repr(x) for x in (1e-5, 1.5e16, 1e15, -0.0001, 0.0, 2.0)]
  assertEquals(
    [1e-5, 1.5e16, 1e15, -0.0001, 0, 2].map(pythonFloat),
    ["1e-05", "1.5e+16", "1000000000000000.0", "-0.0001", "0.0", "2.0"],
  );
});

Deno.test("a long first cell has a line of its own in a narrow table", () => {
  assertEquals(
    table([["kernel", "ms"], ["add", "1"], ["matmulLeft", "20"]], 1, 10),
    "kernel  ms\nadd      1\nmatmulLeft\n        20",
  );
  assertEquals(table([["a", "b"], ["1", "2"]], 2), "a  b\n1  2");
});

Deno.test("a word that is no choice is refused, with the one it is like", () => {
  const check = (word: unknown) => () =>
    checkChoice("init: mode", word as string, ["fan_in", "fan_out"]);
  check("fan_in")();
  const refused: [unknown, string][] = [
    ["FanIn", 'got "FanIn". Help: Did you mean "fan_in"?'],
    ["quantum", 'got "quantum". Help: Choose one of them.'],
    [undefined, "got undefined. Help: Choose one of them."],
  ];
  for (const [word, end] of refused) {
    assertThrows(
      check(word),
      TypeError,
      `init: mode: expected "fan_in" or "fan_out", ${end}`,
    );
  }
});
