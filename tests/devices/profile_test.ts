import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Profile } from "../../src/devices/profile.ts";

function filled(): Profile {
  const profile = new Profile();
  const runs = [["slow", 0, 6], ["fast", 6, 1], ["slow", 7, 3]] as const;
  for (const [name, start, duration] of runs) {
    const operations = name === "slow" ? 9000 : 0;
    profile.add({ name, start, duration, operations, bytes: 2000 });
  }
  return profile;
}

Deno.test("profile: sums up runs by kernel, the costliest first", () => {
  const [slow, fast] = filled().summaries();
  assertEquals(slow.name, "slow");
  assertEquals(slow.calls, 2);
  assertEquals(slow.microseconds, 4.5);
  assertAlmostEquals(slow.share, 0.9);
  assertEquals(slow.gigaflops, 2);
  assertAlmostEquals(slow.gigabytes, 4 / 9);
  assertEquals([fast.name, fast.calls, fast.gigaflops], ["fast", 1, 0]);
});

Deno.test("profile: prints a table", () => {
  assertEquals(
    filled().table(),
    "kernel  calls   µs     %  GFLOP/s  GB/s\n" +
      "slow        2  4.5  90.0      2.0   0.4\n" +
      "fast        1  1.0  10.0        -   2.0",
  );
});

Deno.test("profile: writes trace events in µs", () => {
  const { traceEvents } = JSON.parse(filled().trace());
  assertEquals(traceEvents.length, 3);
  assertEquals(traceEvents[2], {
    name: "slow",
    ph: "X",
    ts: 7,
    dur: 3,
    pid: 1,
    tid: 1,
    args: { operations: 9000, bytes: 2000 },
  });
});

Deno.test("profile: forgets on clear", () => {
  const profile = filled();
  profile.clear();
  assertEquals(profile.summaries(), []);
});
