import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as simd from "./simd.gen.ts";
import * as wgsl from "./strided.gen.ts";

/** Elements of a buffer: where the first one is, and how far along each axis the next. */
export interface Strided {
  /** The first element. */
  readonly offset: number;
  /** Elements from one to the next along each axis; 0 stays. */
  readonly strides: readonly number[];
}

/** How many elements are copied. */
export interface StridedShape {
  /** The product of the sizes. */
  readonly count: number;
}

/**
 * The axes of a copy, as the kernel reads them: i32. Axes that follow one another
 * in both buffers become one.
 *
 * @param sizes Sizes of the axes, the outermost first.
 * @param source Where the elements are.
 * @param destination Where they go.
 */
export function stridedAxes(
  sizes: readonly number[],
  source: Strided,
  destination: Strided,
): Int32Array {
  const axes: [size: number, from: number, to: number][] = [];
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis];
    const [from, to] = [source.strides[axis], destination.strides[axis]];
    const inner = axes.at(-1);
    if (size === 1) continue;
    if (inner && from === inner[0] * inner[1] && to === inner[0] * inner[2]) {
      inner[0] *= size;
    } else axes.push([size, from, to]);
  }
  const count = sizes.reduce((product, size) => product * size, 1);
  return Int32Array.of(
    count,
    source.offset,
    destination.offset,
    ...axes.flat(),
  );
}

/**
 * Copies elements from places to others; the rest of `destination` stays. Both
 * are f32, or both i32. `axes` are those of {@linkcode stridedAxes}.
 */
export const stridedCopy = /* @__PURE__ */ kernel({
  name: "stridedCopy",
  operands: { source: "read", axes: "read", destination: "update" },
  reference({ axes, destination, source }, { count }: StridedShape) {
    const [, from, to, size = 1, fromStep = 0, toStep = 0] = axes;
    for (let start = 0; start < count; start += size) {
      let rest = start / size;
      let [read, written] = [from, to];
      for (let axis = 6; axis < axes.length; axis += 3) {
        const coordinate = rest % axes[axis];
        rest = (rest - coordinate) / axes[axis];
        read += coordinate * axes[axis + 1];
        written += coordinate * axes[axis + 2];
      }
      for (let i = 0; i < size; i++) {
        destination[written + i * toStep] = source[read + i * fromStep];
      }
    }
  },
  webgpu: ({ axes, destination, source }, { count }) => [
    elementwise(wgsl.stridedCopy, count, { source, destination, axes }),
  ],
  wasm({ axes, destination, source }, { count }) {
    const words = axes.buffer.length;
    const args = { source, axes, words, destination, count };
    return [simd.stridedCopy(args, { work: count })];
  },
});
