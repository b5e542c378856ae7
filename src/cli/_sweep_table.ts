import { table } from "../base/table.ts";
import type { Setting, Trial, TrialState } from "../sweep/mod.ts";
import { wrapped } from "./_columns.ts";
import { ranksOf } from "./_sweep_file.ts";
import type { PlannedSweep } from "./_sweep_plan.ts";

/** A setting as people read it: `lr 0.003, batch-size 50`. */
export function settingLine(setting: Setting): string {
  const entries = Object.entries(setting);
  return entries.length === 0
    ? "as given"
    : entries.map(([flag, text]) => `${flag} ${text}`).join(", ");
}

/**
 * All settings, best first.
 *
 * @param columns Those of a line.
 */
export function sweepTable(
  plan: PlannedSweep,
  states: ReadonlyMap<Trial, TrialState>,
  columns: number,
): string {
  const ranks = ranksOf(plan, states);
  const isSeveral = plan.seeds.length > 1;
  const head = ["val_acc", "val_loss", "epochs"];
  const rows = ranks.map(({ deviation, epochs, valAcc, valLoss }) => [
    number(valAcc),
    ...isSeveral ? [number(deviation)] : [],
    number(valLoss),
    String(epochs),
  ]);
  if (isSeveral) head.splice(1, 0, "deviation");
  const numbers = table([head, ...rows], 0).split("\n");
  const indent = numbers[0].length + 2;
  const texts = ranks.map(({ setting }) => settingLine(plan.settings[setting]));
  return ["setting", ...texts].map((text, index) => {
    const [first, ...others] = wrapped(text, columns - indent);
    return [
      `${numbers[index].padEnd(indent)}${first}`,
      ...others.map((line) => " ".repeat(indent) + line),
    ].join("\n");
  }).join("\n");
}

function number(value: number): string {
  return Number.isNaN(value) ? "-" : value.toFixed(5);
}
