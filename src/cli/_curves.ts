import { LibraryError } from "../base/errors.ts";
import type { EpochResult } from "../training/mod.ts";
import { drawsColors, lineColumns, widthOf } from "./_columns.ts";
import type { Output } from "./_output.ts";
import { axisColumns, textChart, type TextCurve } from "./_text_chart.ts";

/** Epochs from which on a curve says more than their lines. */
const leastEpochs = 3;

/** Columns of both charts, the space between them, and lines of each. */
const [mostColumns, gap, height] = [80, 2, 6];

/** ANSI's colours of what was trained on, and of what was measured. */
const [trained, measured] = [36, 33];

/**
 * Draws loss and accuracy of a training beside each other, where people watch a
 * terminal that has room for them. Without colours, which tell them from each
 * other, the curves of what was trained on are left out.
 */
export async function drawCurves(
  history: readonly EpochResult[],
  output: Output,
): Promise<void> {
  const columns = Math.min(mostColumns, lineColumns());
  const own = Math.floor((columns - gap) / 2);
  const isWorthIt = history.length >= leastEpochs && own > 2 * axisColumns;
  if (!isWorthIt || !output.isForPeople || !Deno.stdout.isTerminal()) return;
  try {
    const charts = [
      await chartOf(history, ["loss", "valLoss"], own),
      await chartOf(history, ["acc", "valAcc"], own),
    ];
    console.log(beside(charts, own + gap).join("\n"));
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    output.note(`no curves: ${error.message}`);
  }
}

/** A measure of the rows trained on, and that of those measured. */
type Pair = readonly ["loss", "valLoss"] | readonly ["acc", "valAcc"];

async function chartOf(
  history: readonly EpochResult[],
  [own, val]: Pair,
  columns: number,
): Promise<string[]> {
  const values = (name: Pair[number]) =>
    spread(history.map((epoch) => epoch[name]), columns - axisColumns);
  const curves: TextCurve[] = drawsColors()
    ? [
      { values: values(own), color: trained },
      { values: values(val), color: measured },
    ]
    : [{ values: values(val) }];
  const inColor = (text: string, color: number) =>
    `\x1b[${color}m${text}\x1b[0m`;
  const title = drawsColors()
    ? `${inColor(own, trained)} ${inColor(`val_${own}`, measured)}`
    : `val_${own}`;
  const last = String(history.length);
  const room = columns - axisColumns - "epoch 1".length;
  return [
    " ".repeat(axisColumns) + title,
    ...await textChart(curves, height),
    `${" ".repeat(axisColumns)}epoch 1${last.padStart(room)}`,
  ];
}

/** Values for each of some columns, on straight lines between those given. */
function spread(values: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const place = column * (values.length - 1) / (columns - 1);
    const [before, after] = [Math.floor(place), Math.ceil(place)];
    return values[before] + (place - before) * (values[after] - values[before]);
  });
}

/** Two texts side by side, the second from a column on. */
function beside(
  [left, right]: readonly string[][],
  column: number,
): string[] {
  return left.map((line, row) => {
    // deno-lint-ignore no-control-regex
    const width = widthOf(line.replaceAll(/\x1b\[[\d;]*m/g, ""));
    const space = " ".repeat(Math.max(0, column - width));
    return (line + space + (right[row] ?? "")).trimEnd();
  });
}
