/** What the tests ran of a file. */
export interface Counted {
  /** Its path from the root of the repository. */
  readonly path: string;
  /** How often each line ran, by its number from 1; none for a line without code. */
  readonly lines: ReadonlyMap<number, number>;
  /** The line of each branch, and whether it was ever taken. */
  readonly branches: readonly (readonly [line: number, isTaken: boolean])[];
}

/**
 * Reads a report of `deno coverage --lcov`.
 *
 * @param text The report.
 * @param root The folder that paths are shortened by, with a slash at its end.
 */
export function readLcov(text: string, root: string): Counted[] {
  return text.split("end_of_record\n").slice(0, -1).map((record) => {
    const path = /^SF:(.*)$/m.exec(record)![1].replace(root, "");
    const lines = new Map<number, number>();
    for (const [, line, count] of record.matchAll(/^DA:(\d+),(\d+)$/gm)) {
      lines.set(Number(line), Number(count));
    }
    const found = record.matchAll(/^BRDA:(\d+),\d+,\d+,(.*)$/gm);
    const branches = [...found].map(([, line, taken]) =>
      [Number(line), !/^[-0]$/.test(taken)] as const
    );
    return { path, lines, branches };
  });
}

/** How many lines and branches there are, and how many of them ran. */
export interface Shares {
  readonly lines: number;
  readonly linesRun: number;
  readonly branches: number;
  readonly branchesTaken: number;
}

/** The shares of some files together. */
export function sharesOf(files: readonly Counted[]): Shares {
  const lines = files.flatMap((file) => [...file.lines.values()]);
  const branches = files.flatMap((file) => file.branches);
  return {
    lines: lines.length,
    linesRun: lines.filter((count) => count > 0).length,
    branches: branches.length,
    branchesTaken: branches.filter(([, isTaken]) => isTaken).length,
  };
}

/**
 * The lines that no test ran, as ranges: `12-15`; and those where a branch was
 * never taken: `20?`.
 *
 * @param known Lines of which it is known. A range that has one of them is left
 * out, and so are their branches.
 */
export function missedLines(
  file: Counted,
  known: ReadonlySet<number> = new Set(),
): string[] {
  const ranges: number[][] = [];
  let isOpen = false;
  for (const [line, count] of [...file.lines].sort(([a], [b]) => a - b)) {
    if (count > 0) isOpen = false;
    else if (isOpen) ranges.at(-1)!.push(line);
    else {
      ranges.push([line]);
      isOpen = true;
    }
  }
  const texts = ranges.filter((range) => !range.some((line) => known.has(line)))
    .map((range) =>
      range.length === 1 ? `${range[0]}` : `${range[0]}-${range.at(-1)}`
    );
  const untaken = file.branches.filter(([line, isTaken]) =>
    !isTaken && !known.has(line)
  );
  return [...texts, ...new Set(untaken.map(([line]) => `${line}?`))];
}

/** What several reports count of the same files, together. */
export function together(files: readonly Counted[]): Counted[] {
  const byPath = Map.groupBy(files, ({ path }) => path);
  return Array.from(byPath, ([path, reports]) => {
    const lines = new Map<number, number>();
    for (const [line, count] of reports.flatMap((one) => [...one.lines])) {
      lines.set(line, count + (lines.get(line) ?? 0));
    }
    // V8 names no branches: those of a line are taken where one report says so.
    const branches = reports.flatMap((one) =>
      one.branches.filter(([line, isTaken]) =>
        isTaken || reports.every((other) => !ranWhole(other, line))
      )
    );
    return { path, lines, branches };
  });
}

/** Whether a line ran, and each of its branches was taken. */
function ranWhole({ branches, lines }: Counted, line: number): boolean {
  return (lines.get(line) ?? 0) > 0 &&
    branches.every(([at, isTaken]) => at !== line || isTaken);
}
