import { assertEquals, assertRejects } from "@std/assert";
import { convBlock } from "../src/ops/conv_block.ts";
import * as ops from "../src/ops/mod.ts";
import { unary } from "../src/ops/unary.ts";
import { deviceTest } from "./_devices.ts";
import { gradcheck, uniformInput } from "./gradcheck.ts";
import { gradcheckTable } from "./gradcheck_table.ts";

/** Exported functions that have no gradient. */
const withoutGradient = [
  "argmax",
  "correctCount",
  "eq",
  "ge",
  "gt",
  "le",
  "lt",
  "ne",
  "oneHot",
  "outputSize",
];

for (const [name, cases] of Object.entries(gradcheckTable)) {
  for (const [index, one] of cases.entries()) {
    deviceTest(
      `gradcheck: ${name}, case ${index + 1}`,
      (device) => gradcheck(device, one),
    );
  }
}

Deno.test("gradcheck: every exported operation has a row", () => {
  const exported = Object.entries({ ...ops, convBlock })
    .filter(([_, value]) => typeof value === "function")
    .map(([name]) => name);
  const expected = exported.filter((name) => !withoutGradient.includes(name));
  assertEquals(Object.keys(gradcheckTable).sort(), expected.sort());
  assertEquals(
    withoutGradient.filter((name) => !exported.includes(name)),
    [],
  );
});

deviceTest("gradcheck: a wrong gradient is found", async (device) => {
  const wrong = unary({
    name: "wrong",
    reference: { value: (x) => x * x, gradient: (g, x) => g * 2.01 * x },
    wgsl: { value: "x * x", gradient: "g * 2.01 * x" },
  });
  await assertRejects(
    () => gradcheck(device, { run: wrong, inputs: [uniformInput([6], 1)] }),
    Error,
    "operand 0",
  );
});
