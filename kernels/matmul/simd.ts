// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.
// deno-lint-ignore-file verbatim-module-syntax -- it has no imports of types

// Products of many matrices, each by the product of linear layers.

import { partStart } from "../lib/simd/parts.ts";
import { linearForward, LinearForwardArgs } from "../linear/simd/forward.ts";
import {
  linearInputGradient,
  LinearInputGradientArgs,
} from "../linear/simd/input_gradient.ts";
import {
  linearWeightGradient,
  LinearWeightGradientArgs,
} from "../linear/simd/weight_gradient.ts";

@unmanaged
export class MatmulArgs {
  left: usize;
  right: usize;
  output: usize;
  /** 7 words; then for each product the indices of its two matrices. */
  layout: usize;
  /** A piece for each part, where the arguments of a product lie. */
  memory: usize;
  memoryStride: i32;
  batch: i32;
  rows: i32;
  columns: i32;
  depth: i32;
  isLeftTransposed: i32;
  isRightTransposed: i32;
}

/**
 * `output = left · right` of each pair, one of which may be transposed. A part is
 * an unbroken range of the pairs.
 */
export function matmul(args: MatmulArgs, part: i32, parts: i32): void {
  const batch = args.batch;
  const rows = args.rows;
  const columns = args.columns;
  const depth = args.depth;
  const memory = args.memory + <usize> (part * args.memoryStride);
  const end = partStart(batch, part + 1, parts);
  for (let b = partStart(batch, part, parts); b < end; b++) {
    const pair = args.layout + 28 + (<usize> b << 3);
    const left = args.left + (<usize> (load<i32>(pair) * rows * depth) << 2);
    const right = args.right +
      (<usize> (load<i32>(pair, 4) * columns * depth) << 2);
    const output = args.output + (<usize> (b * rows * columns) << 2);
    if (args.isRightTransposed != 0) {
      const own = changetype<LinearForwardArgs>(memory);
      own.x = left;
      own.weight = right;
      own.bias = 0;
      own.output = output;
      own.batch = rows;
      own.inFeatures = depth;
      own.outFeatures = columns;
      own.memory = 0;
      linearForward(own, 0, 1);
    } else if (args.isLeftTransposed != 0) {
      const own = changetype<LinearWeightGradientArgs>(memory);
      own.gradOutput = left;
      own.x = right;
      own.gradWeight = output;
      own.batch = depth;
      own.inFeatures = columns;
      own.outFeatures = rows;
      linearWeightGradient(own, 0, 1);
    } else {
      const own = changetype<LinearInputGradientArgs>(memory);
      own.gradOutput = left;
      own.weight = right;
      own.gradX = output;
      own.batch = rows;
      own.inFeatures = columns;
      own.outFeatures = depth;
      linearInputGradient(own, 0, 1);
    }
  }
}
