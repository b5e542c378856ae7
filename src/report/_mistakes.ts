import { type Html, html } from "../base/html.ts";
import { arraysOf } from "../data/arrays.ts";
import { hasLabels, layoutOf } from "../data/layout.ts";
import type { GrayImage } from "../digits/mod.ts";
import { classLabel } from "../models/mod.ts";
import { predictRows } from "../training/mod.ts";
import { calibrationOf } from "./_calibration.ts";
import { chartFigure } from "./_chart_figure.ts";
import { classTable } from "./_class_table.ts";
import { confusionTable } from "./_confusion_table.ts";
import { dataUrl } from "./_data_url.ts";
import { inside } from "./_inside.ts";
import { confidencePanel, reliabilityPanel } from "./_panels.ts";
import { rowImage } from "./_pictures.ts";
import { fixed, percent } from "./_tables.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import type { ReportedTraining } from "./report.ts";
import { type RowLoss, worstRows } from "./worst_rows.ts";

/**
 * The confusion matrix, each class, how far probabilities can be trusted, and
 * the images with the highest loss; nothing where targets are no labels, or rows
 * lie in no arrays.
 */
export async function mistakes(
  training: ReportedTraining,
  count: number,
): Promise<Html[]> {
  const { device, model, settings, temperature, valData } = training;
  const arrays = arraysOf(valData);
  const layout = layoutOf(valData);
  const { classes, classNames } = layout;
  if (arrays === null || classes === undefined || !hasLabels(layout)) return [];
  const found = training.predictions ??
    await predictRows(device, model, arrays);
  const labels = arrays.targets.data;
  const guesses = found.map(({ prediction }) => prediction);
  const matrix = confusionMatrix(guesses, labels, classes);
  const right = matrix.reduce((sum, row, label) => sum + row[label], 0);
  const kind = settings.valFraction > 0 ? "validation" : "test";
  const rows = worstRows(found, labels, labels.length, temperature);
  const worst = rows.slice(0, count);
  const figures: Html[] = [];
  for (const row of worst) {
    figures.push(await figure(row, rowImage(arrays, row.row), classNames));
  }
  return [
    html`
      <h2>Confusion matrix</h2>
      <p>${right} of ${labels.length} ${kind} images right.</p>
      ${confusionTable(matrix, classNames)}
      <h2>Classes</h2>
      ${classTable(matrix, classNames)}
    `,
    await reliability(rows),
    html`
      <h2>The ${figures.length} worst ${kind} images</h2>
      <p>Highest loss first: true → predicted, the model's probability, the loss.</p>
      <div class="worst" id="worst">
      ${figures}</div>
    `,
    ...await inside(training, arrays, worst, classNames),
  ];
}

/** The reliability diagram. */
async function reliability(rows: readonly RowLoss[]): Promise<Html> {
  const { bins, error } = calibrationOf(rows);
  const places = bins.map(({ range }) => range[1].toFixed(2));
  const shares = reliabilityPanel(bins);
  const counts = confidencePanel(bins);
  return html`
    <h2>Calibration</h2>
    <p>Expected calibration error, ${bins.length} bins: <b id="ece">${percent(
      error,
    )}</b>. Of a calibrated model, bars and points are level.</p>
    <div class="charts">
    ${await chartFigure(shares, places, "reliability")}
    ${await chartFigure(counts, places, "confidence")}</div>
  `;
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
