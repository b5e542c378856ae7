/**
 * Rows of cells as text, in columns two spaces apart.
 *
 * @param rows The head first; all of one length.
 * @param left How many columns from the left start at their left edge; the
 * others, numbers, end at their right one.
 */
export function table(
  rows: readonly (readonly string[])[],
  left: number,
): string {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((cells) => cells[column].length))
  );
  const lines = rows.map((cells) =>
    cells.map((cell, column) =>
      column < left
        ? cell.padEnd(widths[column])
        : cell.padStart(widths[column])
    ).join("  ").trimEnd()
  );
  return lines.join("\n");
}

/** A count as people read it: `29,034`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
