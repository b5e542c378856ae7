import { logsumexpKernels } from "../../../kernels/logsumexp/logsumexp.ts";
import { broadcastAxes, reductionAxes } from "../../../kernels/lib/axes.ts";
import type { RowsShape } from "../../../kernels/lib/rows.ts";
import {
  logSoftmaxForward,
  logSoftmaxGradient,
  softmaxForward,
  softmaxGradient,
} from "../../../kernels/softmax/softmax.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** Worst measured: 6.7e-6 absolute, in a gradient of 20. */
const TOLERANCE = { atol: 4e-6, rtol: 1e-5 };

const SHAPES: Record<
  string,
  RowsShape & { outer: number; scale?: number }
> = {
  "one element": { outer: 1, size: 1, inner: 1 },
  "ten classes": { outer: 67, size: 10, inner: 1 },
  "1000 classes": { outer: 3, size: 1000, inner: 1 },
  "an odd number of classes": { outer: 5, size: 131, inner: 1 },
  // Only what the largest is taken from has an exponential in f32.
  "131 classes far apart": { outer: 5, size: 131, inner: 1, scale: 200 },
  "channels of pixels": { outer: 2, size: 3, inner: 35 },
  "many channels of pixels": { outer: 1, size: 70, inner: 5 },
};

/** Softmax and its logarithm, their gradients, and logsumexp. */
export const softmaxCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, { outer, scale = 20, ...shape }]): KernelCase[] => {
    const length = outer * shape.size * shape.inner;
    // Rows far apart, too, where a row's elements are.
    const apart = scale > 20 ? 300 : 0;
    const x = () =>
      rounded(
        random(length, 1).map((value, at) =>
          scale * value + apart * Math.floor(at / shape.size)
        ),
      );
    return [
      {
        name: `softmax: ${name}`,
        run: (harness) => {
          const output = new Float64Array(length);
          harness.check(softmaxForward, { x: x(), output }, shape, TOLERANCE);
        },
      },
      {
        name: `logSoftmax: ${name}`,
        run: (harness) => {
          const output = new Float64Array(length);
          const operands = { x: x(), output };
          harness.check(logSoftmaxForward, operands, shape, TOLERANCE);
        },
      },
      {
        name: `softmaxGradient: ${name}`,
        run: (harness) => {
          const operands = {
            gradOutput: random(length, 2),
            output: random(length, 3),
            gradX: new Float64Array(length),
          };
          harness.check(softmaxGradient, operands, shape, TOLERANCE);
        },
      },
      {
        name: `logSoftmaxGradient: ${name}`,
        run: (harness) => {
          const operands = {
            gradOutput: random(length, 2),
            output: rounded(random(length, 3).map((value) => value - 1)),
            gradX: new Float64Array(length),
          };
          harness.check(logSoftmaxGradient, operands, shape, TOLERANCE);
        },
      },
      {
        name: `logsumexp: ${name}`,
        run: (harness) => {
          const sizes = [outer, shape.size, shape.inner];
          const kept = outer * shape.inner;
          const axes = kept === 1
            ? null
            : reductionAxes(sizes, (axis) => axis === 1);
          const operands = { x: x(), axes, output: new Float64Array(kept) };
          harness.check(
            logsumexpKernels.forward,
            operands,
            { factor: 1 },
            TOLERANCE,
          );
        },
      },
      {
        name: `logsumexpGradient: ${name}`,
        run: (harness) => {
          const sizes = [outer, shape.size, shape.inner];
          const kept = outer * shape.inner;
          const operands = {
            gradOutput: random(kept, 4),
            x: random(length, 1),
            output: rounded(random(kept, 5).map((value) => value + 2)),
            axes: broadcastAxes(sizes, [outer, 1, shape.inner], []),
            gradX: new Float64Array(length),
          };
          harness.check(
            logsumexpKernels.gradient,
            operands,
            { factor: 1 },
            TOLERANCE,
          );
        },
      },
    ];
  });
