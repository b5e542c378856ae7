import type { AdapterTraits } from "../../../kernels/kernel.ts";
import { composedConvBlock, type SingleKernels } from "../_conv_block.ts";
import type { Scratch } from "../scratch.ts";
import type { Kernels } from "../kernels.ts";
import type { Run } from "./kernel_record.ts";
import { convBlockBindings, convBlockKernels } from "./kernels/conv_block.ts";

/**
 * All kernels of WebGPU.
 *
 * @param run Starts a kernel.
 * @param scratch Where kernels that are made of others keep what lies between.
 * @param adapter What the kernels run on.
 */
export function webGpuKernels(
  run: Run,
  scratch: Scratch,
  adapter: AdapterTraits,
): Kernels {
  // A processor runs eight invocations of a workgroup at a time, and takes turns
  // between more.
  const workgroupSize = adapter.isSoftware ? 8 : 64;
  const single: SingleKernels = {};
  const block = adapter.storageBuffers < convBlockBindings
    ? composedConvBlock(scratch)
    : convBlockKernels(run, scratch, adapter, workgroupSize);
  return { ...single, ...block };
}
