import type { Profiler } from "node:inspector";
import {
  eachMapping,
  originalPositionFor,
  TraceMap,
} from "npm:@jridgewell/trace-mapping@0.3.31";
import type { Counted } from "./lcov.ts";
import { pagePrefix, pageProgram } from "./page_programs.ts";

/**
 * The lines and branches of what pages ran, in the files that their programs are
 * made of. As Deno counts them: a line has run if any code on it has; a branch is
 * a block that V8 counts by itself.
 *
 * @param script What V8 counted of a page's program.
 * @returns The files of `src/serve/`; of the library in a page's program, the
 * tests of the library tell more.
 */
export async function pageLines(
  script: Profiler.ScriptCoverage,
): Promise<Counted[]> {
  const text = (await pageProgram(script.url.replace(pagePrefix, "")))!;
  const map = new TraceMap(mapOf(text));
  const starts = lineStarts(text);
  const counts = countsOf(script, text.length);
  const files = new Map<string, Found>();
  const fileOf = (path: string) => {
    const found: Found = files.get(path) ??
      { path, lines: new Map(), branches: [] };
    files.set(path, found);
    return found;
  };
  eachMapping(map, (mapping) => {
    if (mapping.source === null) return;
    const { generatedColumn, generatedLine, originalLine, source } = mapping;
    const { lines } = fileOf(source);
    const count = counts[starts[generatedLine - 1] + generatedColumn];
    lines.set(originalLine, Math.max(count, lines.get(originalLine) ?? 0));
  });
  for (const { count, startOffset } of blocksOf(script)) {
    const line = starts.findLastIndex((start) => start <= startOffset);
    const column = startOffset - starts[line];
    const place = originalPositionFor(map, { line: line + 1, column });
    if (place.source === null) continue;
    fileOf(place.source).branches.push([place.line, count > 0]);
  }
  return [...files.values()]
    .filter(({ path }) => path.startsWith("src/serve/"));
}

interface Found extends Counted {
  readonly lines: Map<number, number>;
  readonly branches: (readonly [line: number, isTaken: boolean])[];
}

/** The blocks within functions. */
function blocksOf({ functions }: Profiler.ScriptCoverage) {
  return functions.filter(({ isBlockCoverage }) => isBlockCoverage)
    .flatMap(({ ranges }) => ranges.slice(1));
}

/** How often each character of a script has run. */
function countsOf(
  { functions }: Profiler.ScriptCoverage,
  length: number,
): Int32Array {
  const counts = new Int32Array(length + 1);
  const ranges = functions.flatMap(({ ranges }) => ranges);
  // What lies within another comes after it.
  ranges.sort((one, other) =>
    one.startOffset - other.startOffset || other.endOffset - one.endOffset
  );
  for (const { count, endOffset, startOffset } of ranges) {
    counts.fill(count, startOffset, endOffset);
  }
  return counts;
}

function mapOf(text: string): string {
  const [, encoded] = text.split(
    "sourceMappingURL=data:application/json;base64,",
  );
  return new TextDecoder().decode(Uint8Array.fromBase64(encoded.trim()));
}

/** Where the lines of a text begin. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  return starts;
}
