import type { Prediction } from "../training/predict.ts";

/** A row of a data set and how wrong a model is about it. */
export interface RowLoss {
  /** Which row. */
  row: number;
  /** Its true class. */
  label: number;
  /** The class that the model takes it for. */
  prediction: number;
  /** The model's probability of that class, at the temperature. */
  probability: number;
  /**
   * Cross-entropy of the row: −log of the true class' probability, at
   * temperature 1.
   */
  loss: number;
}

/**
 * The rows with the highest loss, the worst first; of equals the first.
 *
 * @param predictions What a model says of each row.
 * @param labels The true classes.
 * @param count How many rows at most. Default 50.
 * @param temperature What logits are divided by for the probability. Default 1.
 *
 * @example
 * ```ts
 * import { worstRows } from "@x/mnist-cnn/report";
 * import { assertEquals } from "@std/assert";
 *
 * const predictions = [
 *   { prediction: 0, logits: [9, 0] },
 *   { prediction: 0, logits: [1, 0] },
 * ];
 * const [{ label, loss, row }] = worstRows(predictions, [0, 1], 1);
 * assertEquals([row, label, loss.toFixed(3)], [1, 1, "1.313"]);
 * ```
 */
export function worstRows(
  predictions: readonly Prediction[],
  labels: ArrayLike<number>,
  count = 50,
  temperature = 1,
): RowLoss[] {
  return predictions.map(({ logits, prediction }, row) => {
    const label = labels[row];
    const logSum = logSumExp(logits);
    const cooled = logits.map((logit) => logit / temperature);
    return {
      row,
      label,
      prediction,
      probability: Math.exp(cooled[prediction] - logSumExp(cooled)),
      loss: logSum - logits[label],
    };
  }).sort((one, other) => other.loss - one.loss).slice(0, count);
}

/** log Σ exp, without overflow. */
function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  const sum = values.reduce((all, value) => all + Math.exp(value - largest), 0);
  return largest + Math.log(sum);
}
