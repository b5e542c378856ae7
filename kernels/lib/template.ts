import { type EntryPoint, entryPointsIn, type WgslModule } from "../wgsl.ts";

/** The part of an operation in a module that many share. */
export interface Addition {
  /** The name in errors: `sigmoid`. */
  readonly name: string;
  /** Declarations, up to where the expression stands. */
  readonly before: string;
  /** WGSL of the operation; errors count its lines from 1. */
  readonly expression: string;
  /** The declarations after it. */
  readonly after: string;
  /** Declarations that the expression uses; errors count their lines too. */
  readonly functions?: string;
}

/**
 * The entry points of a module that many operations share, with what one of
 * them adds to it.
 */
export function withAddition(
  template: WgslModule,
  { after, before, expression, functions = "", name }: Addition,
): Readonly<Record<string, EntryPoint>> {
  const start = `${template.code}\n${before}\n`;
  const middle = `${start}${expression}\n${after}\n`;
  const module: WgslModule = {
    file: `${template.file} (${name})`,
    code: middle + functions,
    lines: [
      ...template.lines,
      { from: lineAfter(start), file: `expression of ${name}`, line: 1 },
      { from: lineAfter(middle), file: `functions of ${name}`, line: 1 },
    ],
    elements: [],
  };
  return entryPointsIn(module);
}

/** The line after a text that ends with a line end. */
function lineAfter(text: string): number {
  return text.split("\n").length;
}
