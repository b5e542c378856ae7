import { table } from "../base/table.ts";
import type { KernelCost } from "../../kernels/kernel.ts";

/** One kernel that ran. */
export interface KernelRun extends KernelCost {
  /** The method of `Kernels` that started it. */
  readonly name: string;
  /** When it began, in µs from an origin of the device's own. */
  readonly start: number;
  /** How long it ran, in µs. */
  readonly duration: number;
}

/** All runs of one kernel. */
export interface KernelSummary {
  /** The method of `Kernels`. */
  readonly name: string;
  /** How often it ran. */
  readonly calls: number;
  /** Mean time of a run, in µs. */
  readonly microseconds: number;
  /** Share of the time of all kernels, from 0 to 1. */
  readonly share: number;
  /** 10⁹ operations a second; 0 where nobody counted them. */
  readonly gigaflops: number;
  /** 10⁹ bytes a second. */
  readonly gigabytes: number;
}

/**
 * Where a device's time goes, kernel by kernel. A device that was opened with
 * `profile` fills it; what ran is in it after {@linkcode Device.settle}.
 *
 * @example
 * ```ts
 * import { Profile } from "@x/mnist-cnn/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const profile = new Profile();
 * const cost = { operations: 4000, bytes: 800 };
 * profile.add({ name: "add", start: 0, duration: 2, ...cost });
 * const [{ calls, gigaflops }] = profile.summaries();
 * assertEquals([calls, gigaflops], [1, 2]);
 * ```
 */
export class Profile {
  #runs: KernelRun[] = [];

  /** Everything that ran, in order. */
  get runs(): readonly KernelRun[] {
    return this.#runs;
  }

  /** Adds a run. */
  add(run: KernelRun): void {
    this.#runs.push(run);
  }

  /** Forgets everything that ran so far. */
  clear(): void {
    this.#runs = [];
  }

  /** A line for each kernel, the costliest first. */
  summaries(): KernelSummary[] {
    const all = sum(this.#runs, "duration");
    const byName = Map.groupBy(this.#runs, ({ name }) => name);
    return Array.from(byName, ([name, runs]) => {
      const time = sum(runs, "duration");
      return {
        name,
        calls: runs.length,
        microseconds: time / runs.length,
        share: all === 0 ? 0 : time / all,
        gigaflops: rate(sum(runs, "operations"), time),
        gigabytes: rate(sum(runs, "bytes"), time),
      };
    }).sort((one, other) => other.share - one.share);
  }

  /** The summaries as text, a line for each kernel. */
  table(): string {
    const head = ["kernel", "calls", "µs", "%", "GFLOP/s", "GB/s"];
    const rows = this.summaries().map((line) => [
      line.name,
      String(line.calls),
      line.microseconds.toFixed(1),
      (100 * line.share).toFixed(1),
      line.gigaflops === 0 ? "-" : line.gigaflops.toFixed(1),
      line.gigabytes.toFixed(1),
    ]);
    return table([head, ...rows], 1);
  }

  /**
   * The runs in the trace event format, for `chrome://tracing` or
   * https://ui.perfetto.dev.
   */
  trace(): string {
    const traceEvents = this.#runs.map((run) => ({
      name: run.name,
      ph: "X",
      ts: run.start,
      dur: run.duration,
      pid: 1,
      tid: 1,
      args: { operations: run.operations, bytes: run.bytes },
    }));
    return JSON.stringify({ traceEvents, displayTimeUnit: "ms" });
  }
}

function sum(
  runs: readonly KernelRun[],
  key: "duration" | "operations" | "bytes",
): number {
  return runs.reduce((total, run) => total + run[key], 0);
}

/** 10⁹ units a second, of units in µs. */
function rate(units: number, microseconds: number): number {
  return microseconds === 0 ? 0 : units / microseconds / 1000;
}
