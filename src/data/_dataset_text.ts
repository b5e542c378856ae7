import { block } from "../base/printing.ts";
import type { Dataset } from "./dataset.ts";
import { layoutOf } from "./layout.ts";

/** A data set as torchvision prints it, with the shape of its rows. */
export function datasetText(
  name: string,
  dataset: Dataset,
  more: readonly string[] = [],
): string {
  const { classes, rowShape, targetShape } = layoutOf(dataset);
  const isLabel = classes !== undefined && targetShape.length === 0;
  return block(`Dataset ${name}`.trimEnd(), [
    `Number of datapoints: ${dataset.length}`,
    ...more,
    `Shape of a row: [${rowShape.join(", ")}]`,
    ...(isLabel ? [] : [`Shape of a target: [${targetShape.join(", ")}]`]),
    ...(classes === undefined ? [] : [`Classes: ${classes}`]),
  ]);
}
