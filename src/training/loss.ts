import type { AnyTensor, Tensor } from "../core/tensor.ts";
import { wrongArgument } from "./_check_arguments.ts";

/**
 * A loss of a batch: from the model's output `[N, …]` and the targets, i32 where
 * they are labels, to their mean, one number. A training captures it, so that it
 * must do nothing but call operations.
 */
// deno-lint-ignore no-explicit-any -- losses narrow the targets' type
export type LossFunction = (output: Tensor, targets: any) => Tensor;

/** A loss: a function, or a module such as {@linkcode CrossEntropyLoss}. */
export type Loss = LossFunction | { readonly forward: LossFunction };

/**
 * A loss as a function.
 *
 * @throws {TypeError} If it is neither.
 */
export function lossFunction(loss: Loss): LossFunction {
  if (typeof loss === "function") return loss;
  if (typeof loss?.forward !== "function") {
    throw wrongArgument(
      "loss",
      "a function of output and targets, or a module",
      loss,
      "Give crossEntropy, for instance, or new CrossEntropyLoss().",
    );
  }
  return (output, targets: AnyTensor) => loss.forward(output, targets);
}
