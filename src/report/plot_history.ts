import type { EpochResult } from "../training/options.ts";
import { table } from "../base/table.ts";
import { fixed } from "./_tables.ts";
import { lossCurves } from "./curves.ts";
import { Figure } from "./figure.ts";

/**
 * {@linkcode lossCurves} as a figure that a notebook shows.
 *
 * @param history All epochs.
 * @throws {LibraryError} If ECharts, which draws them, cannot be loaded.
 *
 * @example
 * ```ts
 * import { plotHistory } from "@x/mnist-cnn/report";
 * import { assertMatch } from "@std/assert";
 *
 * const epoch = {
 *   ...{ epoch: 1, loss: 0.25, acc: 0.93, valLoss: 0.09, valAcc: 0.97, lr: 0.01 },
 *   ...{ trainSeconds: 12, evalSeconds: 1, imagesPerSecond: 5000 },
 * };
 * const figure = await plotHistory([epoch]);
 * assertMatch(String(figure), /\n    1  0.25000   0.09000  0.97000$/);
 * ```
 */
export async function plotHistory(
  history: readonly EpochResult[],
): Promise<Figure> {
  const rows = history.map(({ epoch, loss, valAcc, valLoss }) => [
    String(epoch),
    ...[loss, valLoss, valAcc].map((value) => fixed(value, 5)),
  ]);
  const text = table([["epoch", "loss", "val_loss", "val_acc"], ...rows], 0);
  return new Figure(await lossCurves(history), text);
}
