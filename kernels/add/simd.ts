// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

import { BroadcastArgs, broadcastPart } from "../lib/simd/broadcast.ts";

@unmanaged
export class AddArgs extends BroadcastArgs {}

export class Sum {
  value(left: v128, right: v128): v128 {
    return f32x4.add(left, right);
  }
}

/** `output = left + right`, broadcast. */
export function add(args: AddArgs, part: i32, parts: i32): void {
  broadcastPart<Sum>(args, part, parts);
}
