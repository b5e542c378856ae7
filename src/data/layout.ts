import { checkCount, countElements } from "./_checks.ts";
import type { ArrayDataset, Dataset } from "./dataset.ts";

/** What all rows of a data set have in common. */
export interface Layout {
  /** Shape of a row. */
  readonly rowShape: readonly number[];
  /** Shape of a row's target. */
  readonly targetShape: readonly number[];
  /** Classes of labels, which are i32; undefined where targets are f32. */
  readonly classes: number | undefined;
  /** The names of the classes, where they have any. */
  readonly classNames?: readonly string[];
  /** The divisor of inputs. */
  readonly divisor: number;
}

/**
 * The layout of a data set.
 *
 * @throws {RangeError} If there is no row, or a size is no whole number above 0.
 */
export function layoutOf(dataset: Dataset): Layout {
  checkCount("data set: length", dataset.length);
  const layout = "inputs" in dataset ? arrayLayout(dataset) : {
    rowShape: dataset.rowShape,
    targetShape: dataset.targetShape ?? [],
    classes: dataset.classes,
    classNames: dataset.classNames,
    divisor: dataset.divisor ?? 1,
  };
  countElements(layout.rowShape);
  countElements(layout.targetShape);
  return layout;
}

/** Whether targets are labels, one for each row. */
export function hasLabels({ classes, targetShape }: Layout): boolean {
  return classes !== undefined && targetShape.length === 0;
}

function arrayLayout({ inputs, targets }: ArrayDataset): Layout {
  const { divisor, rowShape } = inputs;
  const { classNames, classes, rowShape: targetShape = [] } = targets;
  return { rowShape, targetShape, classes, classNames, divisor };
}
