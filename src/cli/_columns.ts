/** Columns of a line where nothing tells how many there are. */
export const usualColumns = 80;

/**
 * Columns of a line of stdout: as many as COLUMNS says, where it may be read; as
 * the terminal has; or 80.
 */
export function lineColumns(): number {
  const told = Number(toldColumns());
  if (Number.isSafeInteger(told) && told > 0) return told;
  const { stdout } = Deno;
  return stdout.isTerminal() && Deno.consoleSize().columns || usualColumns;
}

function toldColumns(): string | undefined {
  const permission = { name: "env", variable: "COLUMNS" } as const;
  const { state } = Deno.permissions.querySync(permission);
  return state === "granted" ? Deno.env.get("COLUMNS") : undefined;
}

/** Whether stdout shows colours: a terminal does, unless NO_COLOR is set. */
export function drawsColors(): boolean {
  return Deno.stdout.isTerminal() && !Deno.noColor;
}

/** Text whose lines fit; what is wrapped goes on a little farther in. */
export function fitted(text: string, columns = lineColumns()): string {
  return text.split("\n").flatMap((line) => {
    if (widthOf(line) <= columns) return [line];
    const indent = /^ */.exec(line)![0];
    const [first, ...rest] = wrapped(line.trimStart(), columns - indent.length);
    const inner = `${indent}  `;
    const others = rest.length === 0
      ? []
      : wrapped(rest.join(" "), columns - inner.length);
    return [indent + first, ...others.map((other) => inner + other)];
  }).join("\n");
}

/**
 * Words in lines of at most some columns, but for words that are longer.
 *
 * @param text The words, or a text that is broken where it has spaces.
 */
export function wrapped(
  text: string | readonly string[],
  columns: number,
): string[] {
  const lines: string[] = [""];
  for (const word of typeof text === "string" ? text.split(" ") : text) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (widthOf(line) + 1 + widthOf(word) > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** Columns of a line, with a character in each. */
export function widthOf(line: string): number {
  return [...line].length;
}
