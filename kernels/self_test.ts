import { batchNorm2dStatistics } from "./batch_norm2d/batch_norm2d.ts";
import { conv2dForward } from "./conv2d/conv2d.ts";
import type {
  AnyKernel,
  ArraysOf,
  Kernel,
  NumberArray,
  Signature,
} from "./kernel.ts";
import { sumKernels } from "./sum/sum.ts";

/** A run of a kernel whose results its reference knows. */
export interface SelfTest {
  /** The kernel. */
  readonly kernel: AnyKernel;
  /** Values of what is read or updated; for what is written, arrays of its length. */
  readonly operands: Readonly<Record<string, NumberArray | null>>;
  /** The parameters. */
  readonly params: unknown;
}

function selfTest<S extends Signature, P>(
  kernel: Kernel<S, P>,
  operands: ArraysOf<NoInfer<S>>,
  params: NoInfer<P>,
): SelfTest {
  return { kernel, operands, params };
}

/** Whole numbers from 1 up to `count`. */
function counting(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => index + 1);
}

/**
 * Runs that tell a WebGPU adapter that computes wrongly: drivers do, without an
 * error. A convolution, the statistics of its output, and a sum over many
 * workgroups, on numbers whose results f32 holds.
 */
export function selfTests(): readonly SelfTest[] {
  return [
    selfTest(conv2dForward, {
      x: counting(9),
      weight: counting(4),
      bias: Float32Array.of(0.5),
      output: new Float32Array(4),
    }, {
      groups: 1,
      batch: 1,
      inChannels: 1,
      inHeight: 3,
      inWidth: 3,
      outChannels: 1,
      outHeight: 2,
      outWidth: 2,
      kernelHeight: 2,
      kernelWidth: 2,
      strideHeight: 1,
      strideWidth: 1,
      paddingHeight: 0,
      paddingWidth: 0,
      dilationHeight: 1,
      dilationWidth: 1,
    }),
    selfTest(batchNorm2dStatistics, {
      x: Float32Array.of(37.5, 47.5, 67.5, 77.5),
      runningMean: counting(1),
      runningVar: counting(1),
      numBatchesTracked: null,
      mean: new Float32Array(1),
      invStd: new Float32Array(1),
    }, { batch: 1, channels: 1, area: 4, eps: 0, momentum: 0.5 }),
    selfTest(sumKernels.forward, {
      x: counting(5000),
      axes: null,
      output: new Float32Array(1),
    }, { factor: 1 }),
  ];
}
