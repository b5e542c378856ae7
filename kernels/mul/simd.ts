// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { BroadcastArgs, broadcastPart } from "../lib/simd/broadcast.ts";

@unmanaged
export class MulArgs extends BroadcastArgs {}

export class Product {
  value(left: v128, right: v128): v128 {
    return f32x4.mul(left, right);
  }
}

/** `output = left · right`, broadcast. */
export function mul(args: MulArgs, part: i32, parts: i32): void {
  broadcastPart<Product>(args, part, parts);
}
