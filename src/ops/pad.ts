import { fill } from "../../kernels/fill/fill.ts";
import { describe } from "../base/errors.ts";
import { record } from "../core/tape.ts";
import { elementsOf, type Shape, Tensor } from "../core/tensor.ts";
import type { DType } from "../devices/device.ts";
import { checkWords, copyView, viewAlong, viewOf, zero } from "./_strided.ts";
import { shapeError, text } from "./check.ts";

/**
 * A constant around a tensor: PyTorch's `functional.pad`.
 *
 * @param x f32 or i32.
 * @param padding Elements before and after, for the last axis first:
 * `[left, right, top, bottom]` of images. A negative number crops.
 * @param mode `"constant"`, the only one there is.
 * @param value The constant. Default 0.
 * @returns The shape of `x` with both added to the size of each axis.
 * @throws {ShapeError} If `padding` is no list of pairs of whole numbers, for as
 * many axes as there are at most, or leaves nothing of `x`.
 * @throws {TypeError} If there is no such mode.
 *
 * @example
 * ```ts
 * import { openDevice, pad, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 2, 3], [3]);
 * using y = pad(x, [-1, 2], "constant", 9);
 * assertEquals(await y.data(), new Float32Array([2, 3, 9, 9]));
 * ```
 *
 * @category Shape operations
 */
export function pad<D extends DType>(
  x: Tensor<Shape, D>,
  padding: readonly number[],
  mode: "constant" = "constant",
  value = 0,
): Tensor<Shape, D> {
  checkWords("pad", x);
  checkMode(mode);
  const { device, dtype } = x;
  const { from, shape, to } = viewsOf(x.shape, padding);
  const output = Tensor.empty(device, shape, dtype);
  const kept = elementsOf(from.sizes);
  if (output.length > kept) device.run(fill, { output }, value);
  copyView(x, from, output, to);
  return record(output, [x], (gradOutput, [gradX]) => {
    if (gradX.length > kept) zero(gradX);
    copyView(gradOutput, to, gradX, from);
  });
}

/** What is kept, where it is and where it goes, and the shape of the output. */
function viewsOf(shape: Shape, padding: readonly number[]) {
  const pairs = shape.map((_, axis) => {
    const first = 2 * (shape.length - 1 - axis);
    return [padding[first] ?? 0, padding[first + 1] ?? 0];
  });
  const padded = shape.map((size, axis) =>
    size + pairs[axis][0] + pairs[axis][1]
  );
  const kept = shape.map((size, axis) =>
    size + Math.min(0, pairs[axis][0]) + Math.min(0, pairs[axis][1])
  );
  const fits = Array.isArray(padding) && padding.length % 2 === 0 &&
    padding.length <= 2 * shape.length && padding.every(Number.isInteger) &&
    kept.every((size) => size > 0);
  if (!fits) {
    throw shapeError(
      `pad: padding of x ${text(shape)}`,
      `pairs of whole numbers for 1 to ${shape.length} axes, the last one ` +
        "first, that leave something of each",
      Array.isArray(padding) ? text(padding) : String(padding),
      "Give [left, right, top, bottom]; negative numbers crop.",
    );
  }
  let from = viewOf(shape);
  let to = viewOf(padded);
  for (const [axis, [before]] of pairs.entries()) {
    from = viewAlong(from, axis, Math.max(0, -before), kept[axis]);
    to = viewAlong(to, axis, Math.max(0, before), kept[axis]);
  }
  return { from, shape: padded, to };
}

function checkMode(mode: string): void {
  if (mode === "constant") return;
  throw new TypeError(describe({
    what: "pad: mode",
    expected: '"constant"',
    got: String(mode),
    help: "PyTorch's other modes are not there.",
  }));
}
