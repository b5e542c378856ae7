import { composedConvBlock, type Scratch } from "../_conv_block.ts";
import type { Kernels } from "../kernels.ts";
import type { Caller } from "./_call.ts";
import { elementwise } from "./kernels/elementwise.ts";
import { relu } from "./kernels/relu.ts";

/**
 * The kernels in WebAssembly, and the plain ones where there are none.
 *
 * @param caller Runs them.
 * @param scratch Where kernels that are made of others keep what lies between.
 */
export function wasmKernels(caller: Caller, scratch: Scratch): Kernels {
  const single = {
    ...caller.plain,
    ...elementwise(caller),
    ...relu(caller),
  };
  return { ...single, ...composedConvBlock(single, scratch) };
}
