import type { EpochResult } from "../training/options.ts";
import { type Html, html } from "../base/html.ts";
import { metricNames } from "./_panels.ts";

/** Every number of every epoch. */
export function epochTable(history: readonly EpochResult[]): Html {
  const names = metricNames(history);
  const heads = names.map((name) =>
    html`
      <th>${name}</th>
      <th>val_${name}</th>
    `
  );
  const cells = ({ metrics, valMetrics }: EpochResult) =>
    names.map((name) =>
      html`
        <td>${fixed(metrics?.[name] ?? NaN, 5)}</td>
        <td>${fixed(valMetrics?.[name] ?? NaN, 5)}</td>
      `
    );
  const rows = history.map((epoch) =>
    html`
      <tr>
        <td>${epoch.epoch}</td>
        <td>${fixed(epoch.loss, 5)}</td>
        <td>${fixed(epoch.acc, 5)}</td>
        <td>${fixed(epoch.valLoss, 5)}</td>
        <td>${fixed(epoch.valAcc, 5)}</td>
        ${cells(epoch)}
        <td>${Number(epoch.lr.toPrecision(4))}</td>
        <td>${fixed(epoch.trainSeconds, 2)}</td>
        <td>${fixed(epoch.evalSeconds, 2)}</td>
        <td>${fixed(epoch.imagesPerSecond, 0)}</td>
      </tr>
    `
  );
  return html`
    <div class="scroll">
      <table id="epochs">
    <tr><th>epoch</th><th>loss</th><th>acc</th><th>val_loss</th><th>val_acc</th>${heads}
    <th>lr</th><th>train s</th><th>eval s</th><th>images/s</th></tr>
    ${rows}</table>
    </div>
  `;
}

/** Names and values. */
export function factList(facts: Readonly<Record<string, string>>): Html {
  const items = Object.entries(facts).map(([name, value]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`<dl class="facts">
${items}</dl>`;
}

/** A share as `98.97 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** A number of so many digits; a dash for one that nobody kept. */
export function fixed(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}
