// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { BroadcastArgs, broadcastPart } from "../lib/simd/broadcast.ts";

@unmanaged
export class DivArgs extends BroadcastArgs {}

export class Quotient {
  value(left: v128, right: v128): v128 {
    return f32x4.div(left, right);
  }
}

/** `output = left / right`, broadcast. */
export function div(args: DivArgs, part: i32, parts: i32): void {
  broadcastPart<Quotient>(args, part, parts);
}

export class NegativeProduct {
  value(left: v128, right: v128): v128 {
    return f32x4.mul(f32x4.neg(left), right);
  }
}

/** `output = −left · right`, broadcast. */
export function negativeProduct(
  args: DivArgs,
  part: i32,
  parts: i32,
): void {
  broadcastPart<NegativeProduct>(args, part, parts);
}
