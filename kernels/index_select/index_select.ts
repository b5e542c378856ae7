import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./index_select.gen.ts";

/** Slices of a tensor `[outer, size, inner]`. */
export interface IndexSelectShape {
  /** Elements along the axes before. */
  readonly outer: number;
  /** Slices of the tensor. */
  readonly size: number;
  /** Indices. */
  readonly count: number;
  /** Elements along the axes after. */
  readonly inner: number;
  /**
   * Whether each element of `[outer, count, inner]` has an index of its own,
   * and not each of `count` slices. Default false.
   */
  readonly perElement?: boolean;
}

/** The sizes as the kernels read them: i32. */
export function indexSelectSizes(
  { count, inner, size }: IndexSelectShape,
): Int32Array {
  return Int32Array.of(size, count, inner);
}

/** Bits of the elements for an index that is out of range: NaN, or the least i32. */
const invalidBits = { f32: 0x7fc00000, i32: 0x80000000, u8: 0 };

/**
 * `output[outer, k, inner] = x[outer, indices[k], inner]`, or with
 * `indices[outer, k, inner]`; both f32, or both i32.
 * Where an index is out of range, elements are NaN, or −2³¹.
 */
export const indexSelectForward = /* @__PURE__ */ kernel({
  name: "indexSelect",
  operands: { x: "read", indices: "read", sizes: "read", output: "write" },
  reference({ indices, output, x }, shape: IndexSelectShape) {
    const { count, inner, outer, perElement, size } = shape;
    const invalid = x instanceof Int32Array ? -(2 ** 31) : NaN;
    for (let slice = 0; slice < outer * count; slice++) {
      const start = Math.floor(slice / count) * size;
      for (let i = 0; i < inner; i++) {
        const place = slice * inner + i;
        const chosen = indices[perElement ? place : slice % count];
        const isValid = chosen >= 0 && chosen < size;
        output[place] = isValid ? x[(start + chosen) * inner + i] : invalid;
      }
    }
  },
  webgpu({ indices, output, sizes, x }, { perElement = false }) {
    const { dtype, length } = output.buffer;
    const bind = { indices, sizes, x, output };
    const constants = {
      invalid: invalidBits[dtype],
      perElement: Number(perElement),
    };
    return [elementwise(wgsl.indexSelect, length, bind, constants)];
  },
});

/**
 * The gradient with respect to `x`: each element is the sum of `gradOutput` over
 * the indices that have chosen it, in their order.
 */
export const indexSelectGradient = /* @__PURE__ */ kernel({
  name: "indexSelectGradient",
  operands: {
    gradOutput: "read",
    indices: "read",
    sizes: "read",
    gradX: "write",
  },
  reference({ gradOutput, gradX, indices }, shape: IndexSelectShape) {
    const { count, inner, outer, perElement, size } = shape;
    gradX.fill(0);
    for (let slice = 0; slice < outer * count; slice++) {
      const start = Math.floor(slice / count) * size;
      for (let i = 0; i < inner; i++) {
        const place = slice * inner + i;
        const chosen = indices[perElement ? place : slice % count];
        if (chosen < 0 || chosen >= size) continue;
        gradX[(start + chosen) * inner + i] += gradOutput[place];
      }
    }
  },
  webgpu(
    { gradOutput, gradX, indices, sizes },
    { count, perElement = false },
  ) {
    const { length } = gradX.buffer;
    const bind = { indices, sizes, gradOutput, gradX };
    const command = elementwise(wgsl.indexSelectGradient, length, bind, {
      perElement: Number(perElement),
    });
    return [{ ...command, iterations: count }];
  },
});
