import { table } from "../base/table.ts";
import { widthOf } from "./_columns.ts";
import { DEFAULT_SETTINGS, flagOf, OPTION_NAMES } from "../training/mod.ts";
import type { FoundRun } from "./_found_runs.ts";
import { settingText } from "./_train_settings.ts";

/**
 * Runs side by side: the settings that tell them apart, or one from the
 * defaults, then what they reached. Where a line is too long for all of them,
 * the others are below.
 */
export function comparison(
  runs: readonly FoundRun[],
  columns: number,
): string {
  const texts = OPTION_NAMES.map((name) => ({
    name: flagOf(name),
    own: runs.map(({ settings }) => settingText(settings[name])),
    usual: settingText(DEFAULT_SETTINGS[name]),
  }));
  const settings = texts.filter(({ own, usual }) =>
    new Set(own.length === 1 ? [...own, usual] : own).size > 1
  ).map(({ name, own }) => [name, ...own]);
  const of = (
    name: string,
    value: (run: FoundRun) => string | undefined,
  ) => [name, ...runs.map((run) => value(run) ?? "-")];
  return inBlocks([
    of("", ({ name }) => name),
    ...settings,
    of("epochs trained", ({ history }) => String(history.length)),
    of("best epoch", ({ best }) => best && String(best.epoch)),
    of("val_acc", ({ best }) => best?.valAcc.toFixed(5)),
    of("val_loss", ({ best }) => best?.valLoss.toFixed(5)),
    of("acc", ({ best }) => best?.acc.toFixed(5)),
    of("loss", ({ best }) => best?.loss.toFixed(5)),
  ], columns);
}

/** A table, or several below each other that have all its first column. */
function inBlocks(
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const whole = table(rows, 1);
  const runs = rows[0].length - 1;
  const isTooWide = whole.split("\n").some((line) => widthOf(line) > columns);
  if (!isTooWide || runs === 1) return whole;
  const half = Math.ceil(runs / 2) + 1;
  const halves = [
    rows.map((cells) => cells.slice(0, half)),
    rows.map(([name, ...cells]) => [name, ...cells.slice(half - 1)]),
  ];
  return halves.map((half) => inBlocks(half, columns)).join("\n\n");
}
