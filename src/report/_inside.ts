import { type Html, html } from "../base/html.ts";
import type { ArrayDataset } from "../data/dataset.ts";
import { classLabel } from "../models/mod.ts";
import {
  explain,
  type Explanation,
  type LayerOutput,
} from "../training/mod.ts";
import { dataUrl } from "./_data_url.ts";
import { featureMaps, rowImage, saliencyImage } from "./_pictures.ts";
import type { ReportedTraining } from "./report.ts";
import type { RowLoss } from "./worst_rows.ts";

/** How many of the worst images are looked into. */
const most = 4;

/**
 * For the worst images what the model looks at, and what its layers give;
 * nothing where rows are no images, or no layer gives any.
 */
export async function inside(
  { device, model }: ReportedTraining,
  arrays: ArrayDataset,
  worst: readonly RowLoss[],
  classNames?: readonly string[],
): Promise<Html[]> {
  const rows = worst.slice(0, most);
  const { inputs: { rowShape } } = arrays;
  const isImage = rowShape.length === 3 && rowImage(arrays, 0) !== null;
  if (!isImage || rows.length === 0) return [];
  model.eval();
  const explanation = await explain(device, model, {
    data: valuesOf(arrays, rows),
    shape: [rows.length, ...rowShape],
    classes: rows.map(({ prediction }) => prediction),
  });
  const layers = lastOfEachSize(explanation);
  const figures: Html[] = [];
  for (const [index, row] of rows.entries()) {
    const { label, prediction } = row;
    const title = `${classLabel(label, classNames)} → ${
      classLabel(prediction, classNames)
    }`;
    const pictures = [
      await picture("image", rowImage(arrays, row.row)!, 120),
      await picture(
        "saliency",
        saliencyImage(explanation.saliency, index, rowShape),
        120,
      ),
    ];
    for (const layer of layers) {
      const { kind, name, shape: [, channels, height, width] } = layer;
      const text = `${name} ${kind}, ${channels} × ${height} × ${width}`;
      pictures.push(await picture(text, featureMaps(layer, index), 232));
    }
    figures.push(html`
      <div class="inside" role="group"
        aria-label="image ${row
          .row}: ${title}"><h3>${title}</h3>${pictures}</div>
    `);
  }
  return [html`
    <h2>Inside the network</h2>
    <p>For the ${rows
      .length} worst images: how much the score of the predicted class
    changes with each pixel (saliency; white: most), and what layers give, a map for
    each channel.</p>
    ${figures}
  `];
}

async function picture(
  text: string,
  image: Parameters<typeof dataUrl>[0],
  width: number,
): Promise<Html> {
  return html`<figure><img src="${await dataUrl(
    image,
  )}" width="${width}" alt="${text}"><figcaption>${text}</figcaption></figure>`;
}

/** The values of rows as the model sees them. */
function valuesOf(
  { inputs: { data, divisor = 1, rowShape } }: ArrayDataset,
  rows: readonly RowLoss[],
): Float32Array {
  const size = rowShape.reduce((all, each) => all * each, 1);
  const values = new Float32Array(rows.length * size);
  for (const [index, { row }] of rows.entries()) {
    const own = data.subarray(row * size, (row + 1) * size);
    values.set(
      Float32Array.from(own, (value) => value / divisor),
      index * size,
    );
  }
  return values;
}

/** Of the layers that give maps of one size the last, from large to small. */
function lastOfEachSize({ layers }: Explanation): LayerOutput[] {
  const found = new Map<string, LayerOutput>();
  for (const layer of layers) {
    const [, , height, width] = layer.shape;
    if (layer.shape.length !== 4 || height * width === 1) continue;
    found.set(`${height} × ${width}`, layer);
  }
  return [...found.values()].slice(0, 4);
}
