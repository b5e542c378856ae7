import { composedConvBlock, type SingleKernels } from "../_conv_block.ts";
import type { Scratch } from "../scratch.ts";
import type { Kernels } from "../kernels.ts";
import type { Run } from "./kernel_record.ts";
import { type Conv2dOptions, convolutions } from "./kernels/conv2d.ts";
import { convBlockBindings, convBlockKernels } from "./kernels/conv_block.ts";

/** What decides between kernels that do the same. */
export interface AdapterTraits extends Conv2dOptions {
  /** Whether a processor plays the GPU, as in Mesa's lavapipe. */
  readonly isSoftware: boolean;
  /** Storage buffers that a kernel may bind. */
  readonly bindings: number;
}

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
  const convolution = convolutions(run, scratch, adapter);
  const single: SingleKernels = {
    ...convolution.kernels,
  };
  const block = adapter.bindings < convBlockBindings
    ? composedConvBlock(single, scratch)
    : convBlockKernels(
      run,
      { ...single, ...convolution },
      scratch,
      workgroupSize,
    );
  return { ...single, ...block };
}
