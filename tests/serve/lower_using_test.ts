import { assertEquals, assertRejects } from "@std/assert";
import { OwnDisposableStack } from "../../src/serve/engine/disposal.ts";
import { lowerUsing } from "../../src/serve/page/lower_using.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read");

/** What a script's function notes, and what is noted when it disposes of something. */
async function run(
  script: string,
  Stack: unknown = DisposableStack,
): Promise<unknown[]> {
  const notes: unknown[] = [];
  const note = (value: unknown) => notes.push(value);
  const made = (name: string, error?: string) => ({
    [Symbol.dispose]() {
      note(`-${name}`);
      if (error !== undefined) throw new Error(error);
    },
  });
  try {
    const url = `data:text/javascript,${encodeURIComponent(script)}`;
    const { default: main } = await import(url);
    note(await main(note, made, Stack));
  } catch (error) {
    note(errorsOf(error));
  }
  return notes;
}

/** An error's message, and those that it suppressed. */
function errorsOf(error: unknown): string[] {
  const { error: first, message, name, suppressed } = error as SuppressedError;
  if (name === "TypeError") return [name];
  if (name !== "SuppressedError") return [message];
  return [...errorsOf(first), ...errorsOf(suppressed)];
}

const bodies = {
  "the last is disposed of first, then the function returns":
    `using a = made("a"), b = made("b");
     note("body");
     using c = made("c");
     return later() + 1;
     function later() { return 1; }`,
  "null is nothing, and a block ends before its function":
    `{ using a = made("a"); { using none = null, b = made("b"); } note("in"); }
     note("out");`,
  "a loop disposes each time, on continue and break too":
    `for (const i of [0, 1, 2]) {
       using a = made(i);
       if (i === 0) continue;
       if (i === 1) break;
     }`,
  "errors of body and disposal are all told":
    `using a = made("a", "second"); using b = made("b", "first");
     throw new Error("body");`,
  "what cannot be disposed of is refused, the rest is disposed of":
    `using a = made("a"); using b = {};`,
  "what awaits is disposed of afterwards": `using a = made("a");
     await null;
     note("awaited");`,
  "a class's own block, and a name that is taken": `const stack0 = 1;
     class A { static x = 2; static { using a = made("a"); note(this.x); } }
     return stack0;`,
};

for (const [name, body] of Object.entries(bodies)) {
  permittedTest(`lowered using: ${name}`, async () => {
    const script =
      `export default async (note, made, DisposableStack) => {${body}}`;
    const lowered = await lowerUsing(script);
    assertEquals(/\busing /.test(lowered), false);
    const expected = await run(script);
    assertEquals(await run(lowered), expected);
    assertEquals(await run(lowered, OwnDisposableStack), expected);
  });
}

permittedTest(
  "lowered using: at the top of a module that exports nothing",
  async () => {
    const made = `const { made, notes } = globalThis.topUsing;`;
    const script = `import { deepStrictEqual } from "node:assert";
    ${made} using a = made("a"); later(); using b = made("b");
    export_(); function later() { notes.push("later"); }
    function export_() { notes.push(typeof deepStrictEqual, typeof a); }
    class C {} await null; notes.push(new C() instanceof C);`;
    const lowered = await lowerUsing(script);
    assertEquals(/\busing /.test(lowered), false);
    for (const text of [script, lowered]) {
      const notes: unknown[] = [];
      const made = (name: string) => ({
        [Symbol.dispose]: () => notes.push(`-${name}`),
      });
      Object.assign(globalThis, { topUsing: { made, notes } });
      await import(`data:text/javascript,${encodeURIComponent(text)}`);
      assertEquals(notes, ["later", "function", "object", true, "-b", "-a"]);
    }
  },
);

permittedTest("lowered using: elsewhere it is refused", async () => {
  for (
    const script of [
      "for (using a of []) {}",
      "using a = null; export const b = 1;",
      "async () => { await using a = null; }",
      "switch (1) { case 1: using a = null; }",
    ]
  ) {
    await assertRejects(() => lowerUsing(script), SyntaxError);
  }
});
