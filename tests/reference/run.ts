import type { ArraysOf, Kernel, Signature } from "../../kernels/kernel.ts";

/**
 * Runs a kernel's reference.
 *
 * @param arrays Its operands; those that it writes or updates are changed.
 * @returns `arrays`.
 */
export function runReference<
  S extends Signature,
  P,
  Arrays extends ArraysOf<NoInfer<S>>,
>(kernel: Kernel<S, P>, arrays: Arrays, params: NoInfer<P>): Arrays {
  kernel.reference(arrays, params);
  return arrays;
}
