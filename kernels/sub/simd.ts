// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { BroadcastArgs, broadcastPart } from "../lib/simd/broadcast.ts";

@unmanaged
export class SubArgs extends BroadcastArgs {}

export class Difference {
  value(left: v128, right: v128): v128 {
    return f32x4.sub(left, right);
  }
}

/** `output = left − right`, broadcast. */
export function sub(args: SubArgs, part: i32, parts: i32): void {
  broadcastPart<Difference>(args, part, parts);
}

export class Negative {
  value(_left: v128, right: v128): v128 {
    return f32x4.neg(right);
  }
}

/** `output = −right`. */
export function negative(args: SubArgs, part: i32, parts: i32): void {
  broadcastPart<Negative>(args, part, parts);
}
