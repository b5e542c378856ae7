import { describe, ShapeError } from "../../base/errors.ts";

/** Refuses images and labels that are not equally many. */
export function checkCounts(
  imagesName: string,
  images: number,
  labelsName: string,
  labels: number,
): void {
  if (images === labels) return;
  throw new ShapeError(describe({
    what: `${imagesName} and ${labelsName} do not belong together`,
    expected: "as many labels as images",
    got: `${images} images and ${labels} labels`,
    help: "Get both files again, from one place.",
  }));
}
