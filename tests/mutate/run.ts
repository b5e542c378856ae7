/**
 * Runs the tests that cover a mutant, and tells how it ended.
 *
 * @module
 */

import type { Checkout } from "./checkout.ts";
import type { TestRun } from "./covering_tests.ts";
import { isAssemblyScript } from "./targets.ts";

/**
 * How a mutant ended: a test failed, or none within the time limit; all passed;
 * it does not compile; or no test covers it.
 */
export type Result =
  | "killed"
  | "timeout"
  | "survived"
  | "invalid"
  | "uncovered";

/** Seconds on processors that a run of tests may take, the first time. */
const MOST_CPU_SECONDS = 60;

/** What each run of tests took that passed, in seconds on processors. */
const taken = new Map<string, number>();

/** Seconds after which a run of tests that does nothing is ended. */
const MOST_IDLE_SECONDS = 60;

/** The processes that run tests, each a group of its own. */
export const running = new Set<number>();

/** How Deno, a GPU's compiler or AssemblyScript's says that it is no program. */
export const invalid =
  /^error: SyntaxError: .*\n +\||SyntaxError: Identifier '|does not provide an export|does not compile at|webgpu: pipeline of kernel/m;

/** Variables that choose the adapter, as `deno task test` does. */
export const environment = {
  DENO_WEBGPU_BACKEND: "vulkan,metal,dx12",
  NO_COLOR: "1",
};

/**
 * Breaks a file, runs tests, and mends it.
 *
 * @param text The broken source.
 */
export async function runMutant(
  checkout: Checkout,
  file: string,
  text: string,
  run: TestRun,
): Promise<Result> {
  try {
    await checkout.break(file, text);
    // Families keep what they have made of a template of lib/.
    const isRead = file.endsWith(".wgsl") && !file.startsWith("kernels/lib/");
    if (isRead && run.cases !== undefined) {
      const { device, files } = run.cases;
      const modules = await checkout.modulesOf(file);
      return await checkout.wgsl.run({ device, cases: files, modules });
    }
    if (file.endsWith(".wgsl")) await checkout.expand(file);
    if (isAssemblyScript(file) && !await compiles(checkout, run)) {
      return "invalid";
    }
    return await runTests(checkout.root, run);
  } finally {
    await checkout.restore();
  }
}

/** Compiles the kernels that a run of tests calls, if they are programs. */
async function compiles(
  checkout: Checkout,
  { assembly }: TestRun,
): Promise<boolean> {
  try {
    await checkout.assemble(assembly);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Runs tests in a checkout; `survived` if all pass. */
export async function runTests(root: string, run: TestRun): Promise<Result> {
  const filter = run.filter === undefined ? [] : [`--filter=/${run.filter}/`];
  const { cases } = run;
  const files = cases === undefined
    ? run.files
    : ["tests/mutate/kernel_cases.ts"];
  const variables: Record<string, string> = cases === undefined
    ? {}
    : { MUTATE_CASES: cases.files.join(), MUTATE_DEVICE: cases.device };
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--no-check",
      "--fail-fast",
      "--unstable-webgpu",
      "--allow-all",
      ...filter,
      ...files,
    ],
    cwd: root,
    env: { ...environment, ...variables },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  });
  const child = command.spawn();
  running.add(child.pid);
  const key = JSON.stringify(run);
  const known = taken.get(key);
  const most = known === undefined ? MOST_CPU_SECONDS : 5 + 4 * known;
  const ended = Promise.withResolvers<void>();
  const watch = watchTime(child.pid, most, ended.promise);
  const { code, stderr, stdout } = await child.output();
  ended.resolve();
  running.delete(child.pid);
  const { isLate, seconds } = await watch;
  if (isLate) return "timeout";
  if (code === 0) taken.set(key, Math.max(seconds, known ?? 0));
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  if (code === 0) {
    return / [1-9]\d* passed/.test(output) ? "survived" : "uncovered";
  }
  return invalid.test(output) ? "invalid" : "killed";
}

/** Ends all runs of tests. */
export function endRuns(): void {
  for (const pid of running) Deno.kill(-pid, "SIGKILL");
  running.clear();
  // Until they are gone they may write into their checkout.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
}

/**
 * Ends a process and all that it started when it takes too long.
 *
 * @param mostSeconds On processors, from now on.
 * @returns Its time on processors, about.
 */
export async function watchTime(
  pid: number,
  mostSeconds: number,
  ended: Promise<void>,
): Promise<{ isLate: boolean; seconds: number }> {
  const start = await cpuSeconds(pid);
  let seconds = 0;
  let used = 0;
  let since = Date.now();
  while (true) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isOver = await Promise.race([
      ended.then(() => true),
      new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), 500);
      }),
    ]);
    clearTimeout(timer);
    if (isOver) return { isLate: false, seconds };
    seconds = Math.max(seconds, await cpuSeconds(pid) - start);
    if (seconds > used + 0.2) [used, since] = [seconds, Date.now()];
    const isIdle = Date.now() - since > MOST_IDLE_SECONDS * 1000;
    // On a busy machine the clock alone is no judge.
    if (seconds <= mostSeconds && !isIdle) continue;
    Deno.kill(-pid, "SIGKILL");
    return { isLate: true, seconds };
  }
}

/** The time of a process on processors; where nobody tells, 0. */
async function cpuSeconds(pid: number): Promise<number> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ")
      .slice(12, 14).map(Number);
    return (user + system) / 100;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
