import { encodePng, type GrayImage } from "../digits/mod.ts";
import { arraysOf } from "../data/arrays.ts";
import { hasLabels, layoutOf } from "../data/layout.ts";
import { classLabel } from "../models/mod.ts";
import { predict } from "../training/predict.ts";
import { bestEpoch } from "../training/best.ts";
import type { EpochResult, TrainSettings } from "../training/options.ts";
import { drawPanels, type Theme } from "./_chart.ts";
import { Html, html } from "../base/html.ts";
import { allPanels, hasAccuracy } from "./_panels.ts";
import { firstFilters, rowImage } from "./_pictures.ts";
import { style } from "./_style.ts";
import { confusionTable } from "./_confusion_table.ts";
import { epochTable, factList, fixed, percent } from "./_tables.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import type { ReportedTraining } from "./report.ts";
import { type RowLoss, worstRows } from "./worst_rows.ts";

/** Colours of the page's own style. */
const theme: Omit<Theme, "id"> = {
  background: "none",
  text: "var(--text)",
  muted: "var(--muted)",
  line: "var(--line)",
  series: ["var(--first)", "var(--second)"],
  font: "sans-serif",
};

const panelSize = { width: 480, height: 220 };

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
export async function charts(history: readonly EpochResult[]): Promise<Html> {
  const epochs = history.map(({ epoch }) => epoch);
  const drawn: Html[] = [];
  for (const [index, panel] of allPanels(history).entries()) {
    const own = { ...theme, id: `chart${index}` };
    const svg = await drawPanels([panel], epochs, own, panelSize);
    drawn.push(html`
      <div>${new Html(svg)}</div>
    `);
  }
  return html`
    <h2>Curves</h2>
    <div class="charts">
    ${drawn}</div>
    <details><summary>Every epoch in numbers</summary>
    ${epochTable(history)}</details>
  `;
}

/**
 * The confusion matrix, and the images with the highest loss; nothing where
 * targets are no labels, or rows lie in no arrays.
 */
export async function mistakes(
  { device, model, settings, temperature, valData }: ReportedTraining,
  count: number,
): Promise<Html[]> {
  const arrays = arraysOf(valData);
  const layout = layoutOf(valData);
  const { classes, classNames } = layout;
  if (arrays === null || classes === undefined || !hasLabels(layout)) return [];
  const found = await predict(device, model, arrays);
  const labels = arrays.targets.data;
  const guesses = found.map(({ prediction }) => prediction);
  const matrix = confusionMatrix(guesses, labels, classes);
  const right = matrix.reduce((sum, row, label) => sum + row[label], 0);
  const kind = settings.valFraction > 0 ? "validation" : "test";
  const figures: Html[] = [];
  for (const row of worstRows(found, labels, count, temperature)) {
    figures.push(await figure(row, rowImage(arrays, row.row), classNames));
  }
  return [
    html`
      <h2>Confusion matrix</h2>
      <p>${right} of ${labels.length} ${kind} images right.</p>
      ${confusionTable(matrix, classNames)}
      <h2>The ${figures.length} worst ${kind} images</h2>
      <p>Highest loss first: true → predicted, the model's probability, the loss.</p>
      <div class="worst" id="worst">
      ${figures}</div>
    `,
  ];
}

async function figure(
  row: RowLoss,
  image: GrayImage | null,
  classNames: readonly string[] | undefined,
): Promise<Html> {
  const { label, loss, prediction, probability } = row;
  const picture = image === null
    ? html``
    : html`<img src="${await dataUrl(image)}" alt="image ${row.row}">`;
  return html`
    <figure>${picture}
    <b>${classLabel(label, classNames)} → ${classLabel(
      prediction,
      classNames,
    )}</b>${(100 * probability).toFixed(
      1,
    )} % · ${fixed(loss, 2)}</figure>
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
    [name, settingText(value)] as const
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

/** A setting's value; that of `augment` is a record. */
function settingText(value: TrainSettings[keyof TrainSettings]): string {
  if (typeof value !== "object") return String(value);
  const parts = Object.entries(value).map(([name, part]) => `${name}=${part}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

async function dataUrl(image: GrayImage): Promise<string> {
  const png = await encodePng(image);
  return `data:image/png;base64,${btoa(String.fromCharCode(...png))}`;
}
