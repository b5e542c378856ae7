// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

@unmanaged
export class AdvanceArgs {
  counter: usize;
  amount: i32;
}

/** `counter[0] += amount`, i32; in one part. */
export function advance(args: AdvanceArgs, _part: i32, _parts: i32): void {
  const counter = args.counter;
  store<i32>(counter, load<i32>(counter) + args.amount);
}
