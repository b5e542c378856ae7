import * as fc from "npm:fast-check@4.11.0";
import type { KernelCase, KernelHarness } from "../kernels/cases/_harness.ts";

/** Random calls of a kernel. */
export type KernelCalls = fc.Arbitrary<KernelCase>;

/** A whole number between two, both included. */
export const from = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min, max });

/** Seeds of values. */
export const seed = from(1, 1e6);

/** Elements of a tensor; every other one is a border of loops, or beside it. */
export const lengths: fc.Arbitrary<number> = fc.oneof(
  from(1, 1300),
  fc.tuple(fc.constantFrom(4, 64, 256, 512, 1024), from(-1, 1)).map(
    ([border, beside]) => border + beside,
  ),
);

/** A number between two that f32 holds exactly. */
export function between(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true }).map(Math.fround);
}

/** One of 0 and a number between two. */
export function orNone(min: number, max: number): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(0), between(min, max));
}

/** Calls of a kernel with what is drawn of each parameter, which name them. */
export function calls<Drawn extends object>(
  name: string,
  drawn: { [Key in keyof Drawn]: fc.Arbitrary<Drawn[Key]> },
  run: (harness: KernelHarness, drawn: Drawn) => void,
): KernelCalls {
  return fc.record(drawn).map((own) => ({
    name: `${name}: ${JSON.stringify(own)}`,
    run: (harness) => run(harness, own as Drawn),
  }));
}
