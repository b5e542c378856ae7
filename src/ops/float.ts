import { floatOfIntegers } from "../../kernels/float/float.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { checkDType } from "./check.ts";

/**
 * The elements as f32: of i32 the nearest, without a gradient; f32 stays the
 * tensor that it is.
 *
 * @throws {TypeError} If the elements are u8.
 */
export function float<S extends Shape>(
  x: Tensor<S> | Tensor<S, "i32">,
): Tensor<S> {
  if (x.dtype === "f32") return x;
  checkDType("float", "x", x, "i32");
  const output = Tensor.empty<S>(x.device, x.shape);
  x.device.run(floatOfIntegers, { x, output });
  return output;
}
