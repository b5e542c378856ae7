import type { ArrayDataset } from "../data/dataset.ts";
import { pickRows } from "../data/arrays.ts";
import { take } from "../data/subset.ts";
import type { Device } from "../devices/device.ts";
import { classLabel } from "../models/card.ts";
import { predict, type Prediction } from "../training/predict.ts";
import { lineColumns, wrapped } from "./_columns.ts";
import type { Given } from "./_command.ts";
import { checkFits, openData } from "./_data.ts";
import { jsonText } from "./_json.ts";
import type { OpenedModel, WeightsFacts } from "./_model.ts";
import { usage, wholeNumber } from "./_options.ts";
import { type Output, print } from "./_output.ts";

/** Columns of a line, as NumPy prints an array. */
const arrayColumns = 75;

/**
 * Prints what a model sees in test images, or as JSON.
 *
 * @throws {DataError} If there are none, or the network is for others.
 */
export async function predictRows(
  device: Device,
  { card, model, weights }: OpenedModel,
  given: Given,
  output: Output,
): Promise<void> {
  const { flags, values } = given;
  const whole = await openData("predict", given, "test", {
    classes: model.classes,
    card,
    unlabelled: true,
  });
  checkFits(card, whole);
  output.detail(`data: ${whole.source}`);
  const dataset = rowsOf(whole, values);
  const found = await predict(device, model, dataset);
  const rows = {
    found,
    labels: whole.isLabelled ? [...dataset.targets.data] : null,
    classNames: card.classNames ?? whole.targets.classNames,
  };
  if (flags.has("json")) console.log(rowsJson(rows, weights));
  else printRows(rows, flags.has("logits"));
}

/** The rows that `--count N`, `--index N` or `--index FROM..TO` names. */
function rowsOf(
  dataset: ArrayDataset,
  { count, index }: Readonly<Record<string, string>>,
): ArrayDataset {
  if (index === "") {
    const wanted = wholeNumber("predict", "count", count || "100", 1);
    return take(dataset, wanted);
  }
  const found = /^(\d+)(?:\.\.(\d+))?$/.exec(index);
  const [from, to] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
  if (found === null || from > to || to >= dataset.length) {
    throw usage(
      "predict",
      `--index: expected N or FROM..TO up to ${dataset.length - 1}, ` +
        `got ${index}`,
    );
  }
  const length = to - from + 1;
  return pickRows(dataset, Array.from({ length }, (_, row) => from + row));
}

/** Predictions for some rows. */
interface PredictedRows {
  /** The predictions. */
  readonly found: readonly Prediction[];
  /** The right classes, or null where there are no labels. */
  readonly labels: readonly number[] | null;
  /** The names of the classes. */
  readonly classNames: readonly string[] | undefined;
}

/** Predictions, labels and logits as one JSON object. */
function rowsJson(
  { classNames, found, labels }: PredictedRows,
  weights: WeightsFacts,
): string {
  const named = (index: number) => classLabel(index, classNames);
  return jsonText({
    predictions: found.map(({ prediction }) => named(prediction)),
    labels: labels?.map(named),
    logits: found.map(({ logits }) => logits),
    weights,
  });
}

/** Prints predictions, loss and accuracy as the PyTorch notebook does. */
function printRows(
  { classNames, found, labels }: PredictedRows,
  logits: boolean,
): void {
  const predictions = found.map(({ prediction }) =>
    classLabel(prediction, classNames)
  );
  const inner = Math.min(arrayColumns, lineColumns()) - 1;
  // Names may have spaces of their own.
  const separator = classNames === undefined ? " " : ", ";
  const lines = wrapped(predictions.join(separator), inner);
  console.log(`[${lines.join("\n ")}]`);
  if (logits) {
    for (const { logits, prediction } of found) {
      const scores = logits.map((score) => score.toFixed(2)).join(" ");
      print(`${classLabel(prediction, classNames)}: ${scores}`);
    }
  }
  if (labels === null) return;
  const correct = found.filter(({ prediction }, row) =>
    prediction === labels[row]
  );
  const accuracy = correct.length / labels.length;
  const loss = meanLoss(found, labels);
  console.log(` val_loss: ${loss.toFixed(5)}, val_acc: ${accuracy.toFixed(5)}`);
}

/** The mean cross-entropy: log(∑ exp(logits)) less the label's logit. */
function meanLoss(
  found: readonly Prediction[],
  labels: readonly number[],
): number {
  const losses = found.map(({ logits }, row) => {
    const largest = Math.max(...logits);
    const sum = logits.reduce(
      (sum, logit) => sum + Math.exp(logit - largest),
      0,
    );
    return largest + Math.log(sum) - logits[labels[row]];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
