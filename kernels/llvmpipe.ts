import {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "./conv2d/conv2d.ts";
import { forward, inputGradient } from "./conv2d/llvmpipe/convolve.ts";
import { weightGradient } from "./conv2d/llvmpipe/weight_gradient.ts";
import type {
  AnyKernel,
  AnyWebGpuImplementation,
  Kernel,
  Signature,
  WebGpuImplementation,
} from "./kernel.ts";

/**
 * Implementations for adapters that are processors, by their kernels. They are no
 * parts of these, so that a page on a GPU, which has no use for them, does not
 * load them: a device does where it has such an adapter.
 */
export const llvmpipe: ReadonlyMap<AnyKernel, AnyWebGpuImplementation> =
  new Map([
    of(conv2dForward, forward),
    of(conv2dInputGradient, inputGradient),
    of(conv2dWeightGradient, weightGradient),
  ]);

function of<S extends Signature, P>(
  kernel: Kernel<S, P>,
  implementation: WebGpuImplementation<NoInfer<S>, NoInfer<P>>,
): [AnyKernel, AnyWebGpuImplementation] {
  return [kernel, implementation];
}
