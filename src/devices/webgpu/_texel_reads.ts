import type { Binding } from "../../../kernels/wgsl.ts";

/** A binding that reads a buffer's copy in a texture. */
export interface TexelRead {
  /** The name of the buffer's binding. */
  readonly name: string;
  /** The `@binding` of the texture. */
  readonly index: number;
  /** One number in a texel, two or four. */
  readonly format: TexelFormat;
}

/** What a texel may be. */
export type TexelFormat =
  | "r32float"
  | "r32sint"
  | "rg32float"
  | "rgba32float"
  | "rgba32uint";

/** For an element type of an array, the texel that it is read from. */
const formats: Readonly<Record<string, TexelFormat>> = {
  f32: "r32float",
  i32: "r32sint",
  vec2f: "rg32float",
  vec4f: "rgba32float",
  "vec4<f32>": "rgba32float",
  vec4u: "rgba32uint",
  "vec4<u32>": "rgba32uint",
};

/** For a texel, what a load makes of the four numbers that it gives. */
const loads: Readonly<Record<TexelFormat, { type: string; part: string }>> = {
  r32float: { type: "f32", part: ".x" },
  r32sint: { type: "i32", part: ".x" },
  rg32float: { type: "vec2f", part: ".xy" },
  rgba32float: { type: "vec4f", part: "" },
  rgba32uint: { type: "vec4u", part: "" },
};

/** Texels in a row of a texture: texel `i` is at column `i % 4096`. */
export const rowLength = 4096;

/** What is added to the `@binding` of a buffer for that of its texture. */
const afterBuffers = 100;

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** How to read a binding's buffer from a texture; null where that cannot be. */
export function texelReadOf(
  code: string,
  { access, index, name }: Binding,
): TexelRead | null {
  if (access !== "read") return null;
  const text = withoutComments(code);
  const type = text.match(declarationOf(name))?.[1];
  if (type === undefined) return null;
  const format = formatOf(type, text);
  const hasLocal = new RegExp(
    `\\b(?:let|var|const)\\s+${name}\\b|[(,]\\s*${name}\\s*:`,
  );
  if (format === null || hasLocal.test(text)) return null;
  return { name, index: index + afterBuffers, format };
}

/**
 * The code with `name[i]` as a load from a texture, for each of the reads.
 * Buffers stay bound for `arrayLength`; lines keep their numbers.
 */
export function withTexelReads(
  code: string,
  reads: readonly TexelRead[],
): string {
  return reads.reduce(
    (text, read) => withLoads(text, read) + loadOf(read),
    withoutComments(code),
  );
}

function withoutComments(code: string): string {
  return code.replaceAll(
    comments,
    (comment) => comment.replaceAll(/[^\n]/g, " "),
  );
}

function declarationOf(name: string): RegExp {
  return new RegExp(
    `var\\s*<\\s*storage\\s*,\\s*read\\s*>\\s*${name}\\s*:\\s*array<([^;]+)>\\s*;`,
  );
}

/** The texture's format for an array's element type, aliases resolved. */
function formatOf(type: string, text: string): TexelFormat | null {
  const resolved = type.trim().replaceAll(
    /\w+/g,
    (name) =>
      text.match(new RegExp(`\\balias\\s+${name}\\s*=\\s*(\\w+)\\s*;`))?.[1] ??
        name,
  );
  return formats[resolved] ?? null;
}

function withLoads(code: string, { name }: TexelRead): string {
  const uses = Array.from(
    code.matchAll(new RegExp(`(?<![.\\w])${name}\\s*\\[`, "g")),
  );
  // From the last on: an index may itself be read.
  return uses.toReversed().reduce((text, { 0: use, index }) => {
    const start = index + use.length;
    const end = closingBracket(text, start);
    return `${text.slice(0, index)}${name}At(u32(${text.slice(start, end)}))${
      text.slice(end + 1)
    }`;
  }, code);
}

/** Where the bracket is closed that was opened before. */
function closingBracket(text: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; depth > 0; at++) {
    if (text[at] === "[") depth++;
    if (text[at] === "]") depth--;
  }
  return at - 1;
}

function loadOf({ format, index, name }: TexelRead): string {
  const { part, type } = loads[format];
  return `
@group(0) @binding(${index})
var ${name}Texels: texture_storage_2d<${format}, read>;
fn ${name}At(index: u32) -> ${type} {
  let place = vec2u(index % ${rowLength}, index / ${rowLength});
  return textureLoad(${name}Texels, place)${part};
}
`;
}
