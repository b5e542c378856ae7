import {
  clipByNorm,
  normOfSquares,
  sumOfSquares,
} from "../../kernels/clip_norm/clip_norm.ts";
import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { describe } from "../base/errors.ts";
import type { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import { spansOf, withGradients } from "./_spans.ts";
import { checkRange } from "./optimizer.ts";

/**
 * Scales all gradients by one factor where their common norm,
 * `√(Σ gradient²)`, is above `maxNorm`: PyTorch's `clip_grad_norm_`. All of it
 * happens on the device, also in a captured function.
 *
 * @param parameters `model.parameters()`; those without a gradient are left
 * out.
 * @param maxNorm The norm that may not be exceeded. Infinity clips nothing: to
 * have the norm alone.
 * @returns The norm before, `[1]`.
 * @throws {RangeError} If `maxNorm` is below 0.
 * @throws {TypeError} If no parameter has a gradient.
 *
 * @example
 * ```ts
 * import { clipGradNorm, Linear, openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1, { bias: false }).to(device);
 * using x = Tensor.from(device, [3, 4], [1, 2]);
 * {
 *   using tape = new Tape();
 *   tape.backward(sum(model.forward(x)));
 * }
 * using norm = clipGradNorm(model.parameters(), 1);
 * assertAlmostEquals(await norm.item(), 5, 1e-5);
 * const gradient = await model.weight.grad!.data();
 * assertAlmostEquals(gradient[0], 0.6, 1e-6);
 * assertAlmostEquals(gradient[1], 0.8, 1e-6);
 * ```
 *
 * @category Optimizers
 */
export function clipGradNorm(
  parameters: readonly Parameter[],
  maxNorm: number,
): Tensor<[number]> {
  const clips = maxNorm !== Infinity;
  if (clips) checkRange("clipGradNorm: maxNorm", maxNorm, 0, Infinity);
  const gradients = spansOf(withGradients(parameters))
    .map((span) => span.gradients);
  if (gradients.length === 0) throw withoutGradients();
  const [{ device }] = gradients;
  const norm = Tensor.empty<[number]>(device, [1]);
  device.run(sumOfSquares, { x: gradients[0], output: norm });
  for (const gradient of gradients.slice(1)) {
    const own = Tensor.empty(device, [1]);
    device.run(sumOfSquares, { x: gradient, output: own });
    device.run(accumulate, { source: own, destination: norm });
    own[Symbol.dispose]();
  }
  device.run(normOfSquares, { norm });
  if (!clips) return norm;
  for (const gradient of gradients) {
    device.run(clipByNorm, { norm, gradient }, { maxNorm });
  }
  return norm;
}

function withoutGradients(): TypeError {
  return new TypeError(describe({
    what: "clipGradNorm",
    expected: "at least one parameter with a gradient",
    got: "none",
    help: "Call it between `tape.backward(loss)` and `optimizer.step()`.",
  }));
}
