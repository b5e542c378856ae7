import { describe, ShapeError } from "../base/errors.ts";
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

/**
 * Refuses arrays that have not as many rows as targets, or none.
 *
 * @param inputs Numbers of all rows.
 * @param targets Numbers of all targets.
 * @param length Rows. Default: as many as there are targets.
 * @throws {ShapeError} If they do not fit.
 */
export function checkRows(
  what: string,
  { rowShape, targetShape }: Pick<Layout, "rowShape" | "targetShape">,
  inputs: number,
  targets: number,
  length?: number,
): void {
  const [row, target] = [rowShape, targetShape].map(countElements);
  const rows = length ?? Math.max(1, Math.floor(targets / target));
  if (inputs === rows * row && targets === rows * target) return;
  throw new ShapeError(describe({
    what: `${what}: inputs and targets`,
    expected: `numbers for ${rows} × [${rowShape.join(", ")}] and ${rows} × [${
      targetShape.join(", ")
    }]`,
    got: `${inputs} and ${targets}`,
    help: "Give a target for each row.",
  }));
}
