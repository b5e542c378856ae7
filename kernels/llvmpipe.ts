import type {
  avgPool2dForward,
  avgPool2dGradient,
} from "./avg_pool2d/avg_pool2d.ts";
import * as avgPool2d from "./avg_pool2d/llvmpipe/avg_pool2d.ts";
import type {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "./conv2d/conv2d.ts";
import { forward, inputGradient } from "./conv2d/llvmpipe/convolve.ts";
import { weightGradient } from "./conv2d/llvmpipe/weight_gradient.ts";
import type { linearGradient } from "./linear/linear.ts";
import { gradients } from "./linear/llvmpipe/gradients.ts";
import * as maxPool2d from "./max_pool2d/llvmpipe/max_pool2d.ts";
import type {
  maxPool2dForward,
  maxPool2dGradient,
} from "./max_pool2d/max_pool2d.ts";
import type {
  AnyKernel,
  AnyWebGpuImplementation,
  Kernel,
  WebGpuImplementation,
} from "./kernel.ts";

/**
 * Implementations for adapters that are processors, by their kernels' names. They
 * are no parts of these, so that a page on a GPU, which has no use for them, does
 * not load them: a device does where it has such an adapter. Kernels are named for
 * the same reason: what is imported here would be in a file of its own there.
 */
export const llvmpipe: ReadonlyMap<string, AnyWebGpuImplementation> = new Map([
  of<typeof conv2dForward>("conv2dForward", forward),
  of<typeof conv2dInputGradient>("conv2dInputGradient", inputGradient),
  of<typeof conv2dWeightGradient>("conv2dWeightGradient", weightGradient),
  of<typeof linearGradient>("linearGradient", gradients),
  of<typeof avgPool2dForward>("avgPool2dForward", avgPool2d.forward),
  of<typeof avgPool2dGradient>("avgPool2dGradient", avgPool2d.gradient),
  of<typeof maxPool2dForward>("maxPool2dForward", maxPool2d.forward),
  of<typeof maxPool2dGradient>("maxPool2dGradient", maxPool2d.gradient),
]);

/** An implementation of a kernel of that type. */
function of<K extends AnyKernel>(
  name: string,
  implementation: K extends Kernel<infer S, infer P>
    ? WebGpuImplementation<S, P>
    : never,
): [string, AnyWebGpuImplementation] {
  return [name, implementation];
}
