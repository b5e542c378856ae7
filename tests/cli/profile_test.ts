import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { reportProfile, wantsProfile } from "../../src/cli/_profile.ts";
import type { Device } from "../../src/devices/device.ts";
import { Profile } from "../../src/devices/profile.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "run", "write");

function given(flags: string[], trace = "") {
  return {
    flags: new Set(flags),
    files: [],
    explicit: new Set<string>(),
    values: { "profile-trace": trace },
  };
}

Deno.test("--profile or --profile-trace asks the device for times", () => {
  assertEquals(wantsProfile(given([])), false);
  assertEquals(wantsProfile(given(["profile"])), true);
  assertEquals(wantsProfile(given([], "trace.json")), true);
});

permittedTest("--profile-trace writes the times of settled work", async () => {
  await using folder = await temporaryFolder();
  const profile = new Profile();
  // The times arrive with settle(), as on a device.
  const settle = () => {
    const cost = { operations: 0, bytes: 4 };
    profile.add({ name: "add", start: 1, duration: 2, ...cost });
    return Promise.resolve();
  };
  const path = join(folder.path, "trace.json");
  await reportProfile({ profile, settle } as Device, given([], path));
  const text = await Deno.readTextFile(path);
  assertMatch(text, /^\{"traceEvents":/);
  const { traceEvents } = JSON.parse(text);
  assert(traceEvents.length === 1 && traceEvents[0].name === "add");
});
