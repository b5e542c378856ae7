/**
 * A process that runs tests of a checkout in which mutants can be switched on,
 * and tells which of them each test meets.
 *
 * @module
 */

import { TextLineStream } from "../fuzz/_lines.ts";
import type { Device } from "../../src/devices/device.ts";
import type { KernelCase } from "../kernels/cases/_harness.ts";
import { giveAnswer, SWITCH } from "./_protocol.ts";

/** Which tests: those of files, or kernel cases on a device. */
export interface TestsWanted {
  /** Test files, or files with kernel cases, from the root. */
  readonly files: readonly string[];
  /** What the names of the tests match. Default: all tests. */
  readonly filter?: string;
  /** Where the files have kernel cases: the name of a device. */
  readonly device?: string;
}

/** Tests to run: without a mutant, to see what they meet; or with one. */
export type TestRequest =
  | {
    readonly wanted: TestsWanted;
    /** What an earlier process found: these are loaded, and none is run. */
    readonly known?: readonly MetTest[];
  }
  | { readonly mutant: number; readonly tests: readonly string[] };

/** A test that passes without a mutant. */
export interface MetTest {
  readonly key: string;
  readonly seconds: number;
  readonly mutants: readonly number[];
}

/** What became of a mutant; `unclean` where tests fail without it, too. */
export type TestAnswer =
  | { readonly met: readonly MetTest[] }
  | { readonly result: "killed" | "survived" | "late" | "unclean" };

interface Test {
  readonly name: string;
  readonly run: () => unknown;
}

/** The mutant that is on; 0 is none. */
let active = 0;

/** Those that were met since the last test began. */
const met = new Set<number>();

Object.assign(globalThis, {
  [SWITCH]: (id: number) => {
    met.add(id);
    return id === active;
  },
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
});
globalThis.addEventListener("error", (event) => event.preventDefault());

/** The tests that a module registers while it loads. */
let loading: Test[] = [];

function register(
  first: string | Deno.TestDefinition | Deno.TestDefinition["fn"],
  second?: Deno.TestDefinition["fn"] | Omit<Deno.TestDefinition, "fn" | "name">,
): void {
  const definition = typeof first === "string" && typeof second === "function"
    ? { name: first, fn: second }
    : first as Deno.TestDefinition;
  if (definition.ignore) return;
  const { fn, name } = definition;
  const context = {
    name,
    origin: import.meta.url,
    step: async (_name: string, run: (each: unknown) => unknown) => {
      await run(context);
      return true;
    },
  };
  loading.push({ name, run: () => fn(context as unknown as Deno.TestContext) });
}

Object.defineProperty(Deno, "test", { value: register });

/** In a program that a test starts no mutant is on: such a test is left out. */
class NoCommand {
  constructor() {
    throw new Error("a program: expected none, as no mutant is on in it");
  }
}

Object.defineProperty(Deno, "Command", { value: NoCommand });

const files = new Map<string, readonly Test[]>();
const byKey = new Map<string, Test>();
const results = new Map<string, MetTest | null>();
const devices = new Map<string, Promise<Device>>();

for await (
  const line of Deno.stdin.readable.pipeThrough(new TextLineStream())
) {
  await giveAnswer(await answerTo(JSON.parse(line)));
}
Deno.exit();

async function answerTo(request: TestRequest): Promise<TestAnswer> {
  return "wanted" in request
    ? { met: await metBy(request.wanted, request.known) }
    : { result: await resultOf(request.mutant, request.tests) };
}

/** Runs tests without a mutant; one that fails so is left out. */
async function metBy(
  { device, filter, files }: TestsWanted,
  known?: readonly MetTest[],
) {
  const pattern = new RegExp(filter ?? "");
  for (const test of known ?? []) results.set(test.key, test);
  const all: MetTest[] = [];
  for (const file of files) {
    for (const test of await testsOf(file, device)) {
      if (!pattern.test(test.name)) continue;
      const key = `${file} ${device ?? ""} ${test.name}`;
      byKey.set(key, test);
      if (known === undefined && !results.has(key)) {
        met.clear();
        const start = performance.now();
        const outcome = await outcomeOf(test, 60);
        const seconds = (performance.now() - start) / 1000;
        const one = { key, seconds, mutants: [...met] };
        results.set(key, outcome === "passed" ? one : null);
      }
      const one = results.get(key) ?? null;
      if (one !== null) all.push(one);
    }
  }
  return all;
}

async function resultOf(mutant: number, tests: readonly string[]) {
  for (const key of tests) {
    const test = byKey.get(key)!;
    const { seconds } = results.get(key)!;
    active = mutant;
    const outcome = await outcomeOf(test, 5 + 4 * seconds);
    active = 0;
    if (outcome === "late") return outcome;
    if (outcome === "passed") continue;
    const without = await outcomeOf(test, 5 + 4 * seconds);
    return without === "passed" ? "killed" : "unclean";
  }
  return "survived";
}

async function outcomeOf(test: Test, mostSeconds: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), mostSeconds * 1000);
  });
  const passed = Promise.try(test.run).then(
    () => "passed" as const,
    () => "failed" as const,
  );
  const outcome = await Promise.race([passed, late]);
  clearTimeout(timer);
  return outcome;
}

async function testsOf(file: string, device?: string) {
  const key = `${file} ${device ?? ""}`;
  const known = files.get(key);
  if (known !== undefined) return known;
  loading = [];
  const module: Record<string, unknown> = await import(`../../${file}`);
  const found = device === undefined ? loading : await casesOf(module, device);
  files.set(key, found);
  return found;
}

async function casesOf(
  module: Record<string, unknown>,
  name: string,
): Promise<Test[]> {
  const { runKernelCase } = await import("../kernels/cases/_harness.ts");
  const { openDevice } = await import("./_devices.ts");
  const opened = devices.get(name) ?? openDevice(name);
  devices.set(name, opened);
  const device = await opened;
  const cases = Object.values(module).filter(Array.isArray)
    .flat() as KernelCase[];
  return cases.map((each) => ({
    name: each.name,
    run: () => runKernelCase(device, each),
  }));
}
