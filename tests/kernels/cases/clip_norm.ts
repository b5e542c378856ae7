import {
  clipByNorm,
  normOfSquares,
  sumOfSquares,
} from "../../../kernels/clip_norm/clip_norm.ts";
import { type KernelCase, random } from "./_harness.ts";

/** Sums of up to 10,001 squares. Worst measured: below 1e-7 relative. */
const TOLERANCE = { atol: 0, rtol: 1e-6 };

/** Sums of squares, and gradients above and below the norm. */
export const clipNormCases: readonly KernelCase[] = [
  ...[1, 255, 10_001].map((length): KernelCase => ({
    name: `sumOfSquares: ${length} elements`,
    run: (harness) => {
      const operands = { x: random(length, 1), output: new Float64Array(1) };
      harness.check(sumOfSquares, operands, undefined, TOLERANCE);
    },
  })),
  ...[0, 2, 1e-12, 3e20].map((squares): KernelCase => ({
    name: `normOfSquares: ${squares}`,
    run: (harness) => {
      const operands = { norm: Float64Array.of(Math.fround(squares)) };
      harness.check(normOfSquares, operands, undefined, TOLERANCE);
    },
  })),
  ...[NaN, Infinity].map((norm): KernelCase => ({
    name: `clipByNorm: norm ${norm}`,
    run: (harness) => {
      const gradient = Float64Array.of(1, -2, 0.5);
      const operands = { norm: Float64Array.of(norm), gradient };
      harness.check(clipByNorm, operands, { maxNorm: 1 });
    },
  })),
  ...[0, 2, 100].map((maxNorm): KernelCase => ({
    name: `clipByNorm: norm 3 to ${maxNorm}`,
    run: (harness) => {
      const norm = Float64Array.of(3);
      const operands = { norm, gradient: random(1001, 2) };
      harness.check(clipByNorm, operands, { maxNorm }, TOLERANCE);
    },
  })),
];
