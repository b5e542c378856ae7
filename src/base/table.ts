/**
 * Rows of cells as text, in columns two spaces apart.
 *
 * @param rows The head first; all of one length.
 * @param left How many columns from the left start at their left edge; the
 * others, numbers, end at their right one.
 * @param width Characters of a line. Where a row is wider, a long first cell
 * gets a line of its own. Default any.
 */
export function table(
  rows: readonly (readonly string[])[],
  left: number,
  width = Infinity,
): string {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((cells) => cells[column].length))
  );
  const others = widths.slice(1).reduce((sum, each) => sum + 2 + each, 0);
  widths[0] = Math.max(0, Math.min(widths[0], width - others));
  const lines = rows.flatMap(([first, ...cells]) => {
    const isLong = first.length > widths[0];
    const line = [isLong ? "" : first, ...cells].map((cell, column) =>
      column < left
        ? cell.padEnd(widths[column])
        : cell.padStart(widths[column])
    ).join("  ").trimEnd();
    return isLong ? [first, line] : [line];
  });
  return lines.join("\n");
}

/**
 * A whole number as people read it: `29,034`. Not by `toLocaleString`, which takes
 * a browser tens of milliseconds the first time.
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
