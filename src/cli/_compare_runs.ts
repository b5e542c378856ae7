import { table } from "../base/table.ts";
import {
  DEFAULT_SETTINGS,
  flagOf,
  OPTION_NAMES,
  type TrainSettings,
} from "../training/mod.ts";
import type { FoundRun } from "./_found_runs.ts";

/**
 * Runs side by side: the settings that tell them apart, or one from the
 * defaults, then what they reached.
 */
export function comparison(runs: readonly FoundRun[]): string {
  const texts = OPTION_NAMES.map((name) => ({
    name: flagOf(name),
    own: runs.map(({ settings }) => text(settings[name])),
    usual: text(DEFAULT_SETTINGS[name]),
  }));
  const settings = texts.filter(({ own, usual }) =>
    new Set(own.length === 1 ? [...own, usual] : own).size > 1
  ).map(({ name, own }) => [name, ...own]);
  const of = (
    name: string,
    value: (run: FoundRun) => string | undefined,
  ) => [name, ...runs.map((run) => value(run) ?? "-")];
  return table([
    of("", ({ name }) => name),
    ...settings,
    of("epochs trained", ({ history }) => String(history.length)),
    of("best epoch", ({ best }) => best && String(best.epoch)),
    of("val_acc", ({ best }) => best?.valAcc.toFixed(5)),
    of("val_loss", ({ best }) => best?.valLoss.toFixed(5)),
    of("acc", ({ best }) => best?.acc.toFixed(5)),
    of("loss", ({ best }) => best?.loss.toFixed(5)),
  ], 1);
}

/** A setting as the command line writes it. */
function text(value: TrainSettings[keyof TrainSettings]): string {
  if (typeof value !== "object") return String(value);
  const entries = Array.isArray(value)
    ? value.map(String)
    : Object.entries(value).map(([name, value]) => `${name}=${value}`);
  return entries.length === 0 ? "none" : entries.join(",");
}
