import { type Html, html } from "../base/html.ts";
import type { TrainSettings } from "../training/options.ts";
import { factList, fixed } from "./_tables.ts";
import type { ReportedTraining } from "./report.ts";

type Name = keyof TrainSettings;

/** What 0 means, of those settings of which it is not a quantity. */
const zeros: Partial<Record<Name, string>> = {
  clipGradNorm: "off",
  emaDecay: "off",
  labelSmoothing: "off",
  limit: "all",
  patience: "off",
  targetAcc: "off",
  valFraction: "off",
  warmup: "off",
  weightDecay: "off",
};

/** How the training went, where, and with what. */
export function settings(
  { device, history, model, settings, valData }: ReportedTraining,
  facts: Readonly<Record<string, string>>,
): Html {
  const seconds = history.reduce(
    (sum, { evalSeconds, trainSeconds }) => sum + evalSeconds + trainSeconds,
    0,
  );
  const values = Object.entries(settings).map(([name, value]) =>
    [name, settingText(name as Name, value)] as const
  );
  const all = {
    device: device.label,
    ...facts,
    [settings.valFraction > 0 ? "val_data" : "test_data"]: String(
      valData.length,
    ),
    ...Number.isFinite(seconds) ? { seconds: fixed(seconds, 1) } : {},
    ...Object.fromEntries(values),
  };
  return html`
    <h2>Settings and device</h2>
    ${factList(all)}
    <details>
      <summary>The model</summary>
      <pre>${String(model)}</pre>
    </details>
  `;
}

/** A setting's value; that of `augment` is a record, and some are lists. */
function settingText(name: Name, value: TrainSettings[Name]): string {
  if (value === 0) return zeros[name] ?? "0";
  if (typeof value !== "object") return String(value);
  const parts = Array.isArray(value)
    ? value.map(String)
    : Object.entries(value).map(([part, own]) => `${part}=${own}`);
  return parts.length === 0 ? "off" : parts.join(", ");
}
