import { block } from "../base/printing.ts";
import type { Dataset } from "./dataset.ts";

/** A data set as torchvision prints it, with the shape of its rows. */
export function datasetText(
  name: string,
  { inputs, length, targets }: Dataset,
  more: readonly string[] = [],
): string {
  return block(`Dataset ${name}`.trimEnd(), [
    `Number of datapoints: ${length}`,
    ...more,
    `Shape of a row: [${inputs.rowShape.join(", ")}]`,
    `Classes: ${targets.classes}`,
  ]);
}
