import { Html, html } from "../base/html.ts";
import { bestEpoch } from "../training/best.ts";
import { chartFigure } from "./_chart_figure.ts";
import { dataUrl } from "./_data_url.ts";
import { allPanels, hasAccuracy, lossesPanel } from "./_panels.ts";
import { firstFilters } from "./_pictures.ts";
import { style } from "./_style.ts";
import { epochTable, fixed, percent } from "./_tables.ts";
import type { ReportedTraining } from "./report.ts";

/** How much of the average of the losses stays from one reading to the next. */
const smoothing = 0.8;

/** The whole page. A browser that reads it may load and run nothing else. */
export function page(title: string, sections: readonly Html[]): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
    ${sections}
      </body>
    </html>
  `.text.trimStart();
}

/** The numbers that one looks for first. */
export function summary({ history, settings }: ReportedTraining): Html {
  const last = history[history.length - 1];
  const best = bestEpoch(history) ?? last;
  const speeds = history.map(({ imagesPerSecond }) => imagesPerSecond)
    .filter(Number.isFinite).sort((one, other) => one - other);
  const isMeasured = hasAccuracy(history);
  const accuracies: [name: string, value: string][] = isMeasured
    ? [["val_acc", percent(last.valAcc)]]
    : [];
  const metrics = Object.entries(last.valMetrics ?? {})
    .map(([name, value]) => [`val_${name}`, fixed(value, 5)] as const);
  const ofBest = isMeasured ? percent(best.valAcc) : fixed(best.valLoss, 5);
  const cards: (readonly [name: string, value: string])[] = [
    ...accuracies,
    ["val_loss", fixed(last.valLoss, 5)],
    ...metrics,
    [`best, epoch ${best.epoch}`, ofBest],
    ["epochs", `${last.epoch} of ${settings.epochs}`],
    ["images/s, median", fixed(speeds[Math.floor(speeds.length / 2)], 0)],
    ["seed", String(settings.seed)],
  ];
  const items = cards.map(([name, value]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`
    <dl class="cards">
    ${items}</dl>
  `;
}

/** Curves, and their numbers. */
export async function charts(
  { history, losses = [] }: ReportedTraining,
): Promise<Html> {
  const epochs = history.map(({ epoch }) => epoch);
  const drawn: Html[] = [];
  for (const [index, panel] of allPanels(history).entries()) {
    drawn.push(await chartFigure(panel, epochs, `chart${index}`));
  }
  if (losses.length > 0) {
    const steps = losses.map(({ step }) => step);
    const panel = lossesPanel(losses, smoothing);
    drawn.unshift(await chartFigure(panel, steps, "losses"));
  }
  return html`
    <h2>Curves</h2>
    <div class="charts">
    ${drawn}</div>
    <details><summary>Every epoch in numbers</summary>
    ${epochTable(history)}</details>
  `;
}

/** The kernels of the first convolution; nothing where there is none. */
export async function filters({ model }: ReportedTraining): Promise<Html[]> {
  const found = firstFilters(await model.stateDict());
  if (found === null) return [];
  const { image, name, shape } = found;
  const size = `width="${image.width * 8}" height="${image.height * 8}"`;
  return [
    html`
      <h2>Filters of the first convolution</h2>
      <p>${name}, [${shape.join(
        ", ",
      )}]; grey is 0, white positive, black negative.</p>
      <img class="filters" ${new Html(size)} src="${await dataUrl(
        image,
      )}" alt="${name}">
    `,
  ];
}
