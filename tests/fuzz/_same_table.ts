import type { CsvLayout } from "../../src/data/folder/csv.ts";
import type { ImageRows } from "../../src/data/folder/mod.ts";

/** The numbers of a table's lines as the reference has them; null for none. */
export interface ReferenceTable {
  readonly rows: readonly (readonly (number | null)[])[];
}

/** What differs between two readings of a table of pixels; null if nothing. */
export function tableDifference(
  { images, labels, layout }: ImageRows & { readonly layout: CsvLayout },
  { rows }: ReferenceTable,
): string | null {
  const pixels = layout.columns - (layout.label < 0 ? 0 : 1);
  if (images.length !== rows.length * pixels) {
    return `${images.length / pixels} lines instead of ${rows.length}`;
  }
  for (const [line, row] of rows.entries()) {
    const own: number[] = [
      ...images.subarray(line * pixels, (line + 1) * pixels),
    ];
    if (layout.label >= 0) own.splice(layout.label, 0, Number(labels![line]));
    if (String(own) !== String(row)) return `other numbers in line ${line + 1}`;
  }
  return null;
}
