import { assertEquals } from "@std/assert";
import { testWith } from "../permissions.ts";
import { missedLines, readLcov, sharesOf, together } from "./lcov.ts";
import { checkUnreached, unreached } from "./unreached.ts";

/** Lines 2 to 4 and 7 are never run; of line 5 one branch is not taken. */
const report = `SF:/root/src/a.ts
FN:1,one
BRDA:5,1,0,3
BRDA:5,1,1,-
BRDA:6,2,0,0
BRDA:6,2,1,7
DA:1,9
DA:2,0
DA:3,0
DA:4,0
DA:5,3
DA:6,1
DA:7,0
LH:3
end_of_record
SF:/root/src/b.ts
DA:1,1
end_of_record
`;

Deno.test("coverage: a report has lines, branches, and what is missed of them", () => {
  const files = readLcov(report, "/root/");
  assertEquals(files.map(({ path }) => path), ["src/a.ts", "src/b.ts"]);
  assertEquals(sharesOf(files), {
    ...{ lines: 8, linesRun: 4 },
    ...{ branches: 4, branchesTaken: 2 },
  });
  const [a, b] = files;
  assertEquals(missedLines(a), ["2-4", "7", "5?", "6?"]);
  assertEquals(missedLines(a, new Set([3, 6])), ["7", "5?"]);
  assertEquals(missedLines(b), []);
});

Deno.test("coverage: what a page ran and what Deno ran are one", () => {
  const [deno] = readLcov(report, "/root/");
  const page = {
    path: "src/a.ts",
    lines: new Map([[2, 1], [5, 1], [6, 1], [8, 0]]),
    branches: [[6, false], [2, false]] as const,
  };
  const [both, ...others] = together([deno, page]);
  assertEquals(others, []);
  assertEquals([...both.lines].sort(([a], [b]) => a - b), [
    ...[[1, 9], [2, 1], [3, 0], [4, 0], [5, 4], [6, 2], [7, 0], [8, 0]],
  ]);
  // On the page line 5 ran with all that V8 counts of it; of line 6 not all did.
  assertEquals(missedLines(both), ["3-4", "7-8", "6?", "2?"]);
});

Deno.test("coverage: a list of what is not reached must be true", () => {
  const [a] = readLcov(report, "/root/");
  const text = ["one", "two", "three", "four", "five", "six", "seven"].join(
    "\n",
  );
  const listed = (code: string) =>
    checkUnreached(a, text, [
      { path: "src/a.ts", code, reason: "a reason" },
      { path: "src/b.ts", code: "elsewhere", reason: "a reason" },
    ]);
  assertEquals(listed("three"), { lines: new Set([3]), faults: [] });
  assertEquals(listed("five").faults, []);
  assertEquals(listed("one").faults, ["src/a.ts:1 is reached: one"]);
  assertEquals(listed("none").faults, ["src/a.ts has no line with none"]);
});

testWith("read")("coverage: all that is listed is there, once", async () => {
  for (const { code, path, reason } of unreached) {
    const url = new URL(`../../${path}`, import.meta.url);
    const lines = (await Deno.readTextFile(url)).split("\n");
    const found = lines.filter((line) => line.includes(code)).length;
    assertEquals(found, 1, `${path}: ${code}`);
    assertEquals(reason === "", false);
  }
});
