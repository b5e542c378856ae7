import type { Scratch } from "../scratch.ts";
import type { Kernels } from "../kernels.ts";
import type { Caller } from "./_call.ts";
import { convBlock } from "./kernels/conv_block.ts";

/**
 * The kernels in WebAssembly, and the plain ones where there are none.
 *
 * @param caller Runs them.
 * @param scratch Where kernels that are made of others keep what lies between.
 */
export function wasmKernels(caller: Caller, scratch: Scratch): Kernels {
  const single = {
    ...caller.plain,
  };
  return { ...single, ...convBlock(caller, scratch) };
}
