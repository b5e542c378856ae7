import { assert, assertEquals } from "@std/assert";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { reasonOf } from "./equivalent.ts";
import { applied, mutationsOf, type Operator, readable } from "./operators.ts";
import { runTests } from "./run.ts";
import { sample } from "./sample.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** The last line of a source, changed by an operator in all ways. */
function changed(
  source: string,
  operator: Operator,
  codeInStrings = false,
): string[] {
  return mutationsOf(source, { codeInStrings })
    .filter((mutation) => mutation.operator === operator)
    .map((mutation) => readable(source, mutation).to);
}

Deno.test("mutate: each operator finds its places", () => {
  assertEquals(changed("let y = a + -b;", "sign"), [
    "let y = a - -b;",
    "let y = a + b;",
  ]);
  assertEquals(changed("y = f32x4.sub(a, b);", "sign"), [
    "y = f32x4.add(a, b);",
  ]);
  assertEquals(changed("y = a * b;", "arithmetic"), ["y = a / b;"]);
  assertEquals(changed("y = x[i];", "index"), [
    "y = x[i + 1];",
    "y = x[i - 1];",
  ]);
  assertEquals(changed("return a < b;", "bound"), ["return a <= b;"]);
  assertEquals(changed("return a < b;", "comparison"), ["return a >= b;"]);
  assertEquals(changed("if (a) b();", "comparison"), [
    "if (true) b();",
    "if (false) b();",
  ]);
  assertEquals(changed("y = a + b * c[i];", "missing term"), [
    "y = a;",
    "y = a + b;",
  ]);
  assertEquals(changed("y = f(a, b) - c;", "swapped operands"), [
    "y = c - f(a, b);",
    "y = f(b, a) - c;",
  ]);
  assertEquals(changed("y = add(a, b);", "swapped operands"), []);
  assertEquals(changed("y = x + 1 + 0.5;", "constant"), [
    "y = x + 0 + 0.5;",
    "y = x + 1 + (2.0 * 0.5);",
  ]);
  assertEquals(changed("{\n  store(a, b);\n}", "skipped call"), [";"]);
});

Deno.test("mutate: comments, text, types and messages stay", () => {
  const source = `// a + b
/* a - b */
import { a } from "./a.ts";
const text = "a * b" + \`\${a} / b\`;
const pattern = /["'] < 1/;
interface Names {
  readonly size: 1 | 2;
}
const list: Array<number> = [];
throw new RangeError(describe({ got: a - 1 }));
run(kernel, { work: length * 2 });
`;
  const lines = mutationsOf(source).map((each) => readable(source, each));
  assertEquals(lines.map(({ line }) => line), [4, 11]);
});

Deno.test("mutate: an expression of WGSL in a string is code", () => {
  const source = 'wgsl: { gradient: "g * y", name: "a-b" }';
  assertEquals(changed(source, "arithmetic"), []);
  assertEquals(changed(source, "arithmetic", true), [
    'wgsl: { gradient: "g / y", name: "a-b" }',
  ]);
});

Deno.test("mutate: a sample is spread, and the same for the same seed", () => {
  const groups = [[["a", "b"], ["c"]], [["d", "e", "f"]]];
  const one = sample(groups, 4, 7);
  assertEquals(one, sample(groups, 4, 7));
  assertEquals(one.filter((item) => "def".includes(item)).length, 2);
  assert(one.includes("c"));
  assertEquals(sample(groups, 9, 7).length, 6);
});

Deno.test("mutate: a change that is not listed has no reason", () => {
  assertEquals(
    reasonOf({ file: "a.ts", from: "a + b", to: "a - b" }),
    undefined,
  );
});

const source = `export function mean(a: number, b: number): number {
  return (a + b) / 2;
}
`;

Deno.test("mutate: a test kills a mutant, and what is no program is invalid", async () => {
  await using folder = await temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder.path}/${name}`, text);
  await write("deno.json", "{}");
  await write(
    "mean_test.ts",
    `import { mean } from "./mean.ts";
Deno.test("mean", () => {
  if (mean(4, 4) !== 4) throw new Error();
});
`,
  );
  const outcome = async (text: string, filter?: string) => {
    await write("mean.ts", text);
    return await runTests(folder.path, { files: ["mean_test.ts"], filter });
  };
  const mutants = mutationsOf(source).map((each) => applied(source, each));
  const sign = mutants.find((text) => text.includes("(a - b)"))!;
  const swap = source.replace("(a + b)", "(b + a)");
  assertEquals(await outcome(source), "survived");
  assertEquals(await outcome(sign), "killed");
  assertEquals(await outcome(swap), "survived");
  assertEquals(await outcome("export function {"), "invalid");
  assertEquals(await outcome(sign, "no such test"), "uncovered");
});
