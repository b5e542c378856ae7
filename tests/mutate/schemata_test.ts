import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { SWITCH } from "./_protocol.ts";
import { applied, mutationsOf, type Operator } from "./operators.ts";
import { schemataOf } from "./schemata.ts";
import { TestRunner } from "./test_runner.ts";

needs(import.meta.url, "env", "read", "run", "write");

const source = `
const offset = 2;
export function walk(list, step) {
  const seen = [];
  let [at] = [0];
  while (at < list.length) {
    if (list[at] > 1 && step?.size.of(1) !== 4) {
      seen.push(list[at] * 2 + offset);
    }
    at += 1;
  }
  return -seen[0] - 3 * at;
}
export const half = (x = 4) => ({ value: x / 2 });
`;

/** What a module's functions give for some arguments, or the error. */
async function resultsOf(code: string, active = 0): Promise<string> {
  const isOn = (id: number) => id === active;
  Object.assign(globalThis, { [SWITCH]: isOn });
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { half, walk } = await import(url);
  const lists = [[3, 1, 2], [2, 5], [1, 1, 4]];
  const steps = [undefined, { size: { of: (size: number) => size + 3 } }];
  const results = lists.flatMap((list) =>
    steps.map((step) => {
      try {
        return String(walk(list, step));
      } catch (error) {
        return String(error);
      }
    })
  );
  return JSON.stringify([...results, half(), half(5)]);
}

Deno.test("mutate: a switch does what the change alone does", async () => {
  const changes = mutationsOf(source)
    .map((mutation, at) => ({ id: at + 1, mutation }));
  const { ids, text } = schemataOf(source, changes);
  const original = await resultsOf(source);
  assertEquals(await resultsOf(text), original);
  let told = 0;
  for (const { id, mutation } of changes) {
    const alone = applied(source, mutation);
    // Steps of the loop: neither would end.
    if (!ids.has(id) || /at (?:-=|\+= 0)|while \(at >/.test(alone)) continue;
    const expected = await resultsOf(alone);
    if (expected !== original) told++;
    assertEquals(await resultsOf(text, id), expected, alone);
  }
  assert(told > 15, `${told} changes`);
});

Deno.test("mutate: what runs once when a file loads, or takes arguments, has no switch", () => {
  const changes = mutationsOf(source)
    .map((mutation, at) => ({ id: at + 1, mutation }));
  const { ids } = schemataOf(source, changes);
  const left = changes.filter(({ id }) => !ids.has(id))
    .map(({ mutation }) => applied(source, mutation));
  assertEquals(left, [
    source.replace("offset = 2", "offset = 3"),
    source.replace("walk(list, step)", "walk(step, list)"),
  ]);
});

/** What the process that runs tests is made of. */
const parts = [
  "tests/fuzz/_lines.ts",
  "tests/mutate/_protocol.ts",
  "tests/mutate/test_process.ts",
];

const root = fromFileUrl(new URL("../../", import.meta.url));

Deno.test("mutate: a process tells which tests meet a mutant, and which tell", async () => {
  await using folder = await temporaryFolder();
  const write = async (name: string, text: string) => {
    await Deno.mkdir(dirname(join(folder.path, name)), { recursive: true });
    await Deno.writeTextFile(join(folder.path, name), text);
  };
  for (const part of parts) {
    await write(part, await Deno.readTextFile(join(root, part)));
  }
  await write("deno.json", "{}");
  const mean = `export const mean = (a, b) => (a + b) / 2;
export const unused = (a) => a + 1;
export const last = (list) => { while (list.length > 1) list.shift(); return list; };
`;
  const changes = mutationsOf(mean)
    .map((mutation, at) => ({ id: at + 1, mutation }));
  await write("mean.ts", schemataOf(mean, changes).text);
  await write(
    "mean_test.ts",
    `import { last, mean } from "./mean.ts";
Deno.test("same", () => { if (mean(0, 0) !== 0) throw new Error(); });
Deno.test("mean", async () => {
  console.log("a test prints");
  if (await mean(4, 4) !== 4) throw new Error();
});
Deno.test("last", () => { if (last([1, 2])[0] !== 2) throw new Error(); });
Deno.test("wrong without any change", () => { throw new Error(mean(1, 2)); });
`,
  );
  const runner = new TestRunner(folder.path);
  try {
    const outcome = async (operator: Operator, text: string) => {
      const { id } = changes.find(({ mutation }) =>
        mutation.operator === operator &&
        applied(mean, mutation).includes(text)
      )!;
      return await runner.run(id, { files: ["mean_test.ts"] });
    };
    assertEquals(await outcome("sign", "(a - b)"), "killed");
    assertEquals(await outcome("missing term", "(a) / 2"), "killed");
    assertEquals(await outcome("sign", "a - 1"), "uncovered");
    assertEquals(await outcome("bound", "length >= 1"), "killed");
    assertEquals(await outcome("arithmetic", "(a + b) * 2"), "killed");
  } finally {
    runner.close();
  }
});
