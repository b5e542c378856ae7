/**
 * WGSL modules as values: their source, where its lines come from, and what
 * each entry point binds. All of it is read from the source, so that nothing is
 * said twice.
 *
 * @module
 */

/** How an entry point uses what it binds. */
export type BindingAccess =
  | "read"
  | "write"
  | "readTexture"
  | "writeTexture"
  | "uniform";

/** A member of a uniform variable: a number of 32 bits. */
export interface UniformMember {
  /** Its name, which no other member and no `override` constant has. */
  readonly name: string;
  /** Its type. */
  readonly type: "f32" | "i32" | "u32";
}

/** A buffer or texture that an entry point uses. */
export interface Binding {
  /** The variable's name. */
  readonly name: string;
  /** Its `@binding`; all are in `@group(0)`. */
  readonly index: number;
  /** How the entry point uses it. */
  readonly access: BindingAccess;
  /**
   * The name of the element type that the source leaves to the device, f32 or
   * f16; left out where it names the type itself.
   */
  readonly element?: string;
  /**
   * The members of a uniform variable, in order; of anything else it is left
   * out. Their values come with those of the `override` constants.
   */
  readonly members?: readonly UniformMember[];
}

/** A line of a module's code, and the file and line that it comes from. */
export interface SourceLine {
  /** The first line of the code that comes from there, from 1. */
  readonly from: number;
  /** The file, relative to the package. */
  readonly file: string;
  /** Its line, from 1. */
  readonly line: number;
}

/** A WGSL module. */
export interface WgslModule {
  /** The file that it was written in, relative to the package: errors name it. */
  readonly file: string;
  /** The source, with all imports expanded. */
  readonly code: string;
  /** Where its lines come from, in order. */
  readonly lines: readonly SourceLine[];
  /** Element types that the source leaves to the device. */
  readonly elements: readonly string[];
}

/** A function of a module that a dispatch runs. */
export interface EntryPoint<
  Bindings extends string = string,
  Constants extends Record<string, number | undefined> = Record<
    string,
    number | undefined
  >,
> {
  /** The module that declares it. */
  readonly module: WgslModule;
  /** The function's name. */
  readonly name: string;
  /** Its bindings, in the order of `@binding`. */
  readonly bindings: readonly Binding[];
  /** Names the types of operands and constants; holds nothing. */
  types?(bindings: Bindings, constants: Constants): void;
}

/** An `override` constant of a module. */
export interface Override {
  readonly name: string;
  /** Whether the source gives it a value. */
  readonly hasDefault: boolean;
}

/** The declarations that an entry point reaches, through whatever functions. */
export interface ParsedEntryPoint {
  /** In the order of `@binding`. */
  readonly bindings: readonly Binding[];
  readonly overrides: readonly Override[];
}

/** The declarations of a WGSL source. */
export interface ParsedWgsl {
  readonly entryPoints: ReadonlyMap<string, ParsedEntryPoint>;
  /** Names of element types that the source leaves to the device. */
  readonly elements: readonly string[];
}

/** Comments of either kind; line ends stay, so that lines keep their numbers. */
const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

const identifiers = /[A-Za-z_]\w*/g;

/** Types that WGSL itself names, as the elements of arrays and vectors. */
const builtinTypes = new Set([
  ..."array atomic bool f16 f32 i32 u32 vec2 vec3 vec4".split(" "),
  ..."vec2f vec3f vec4f vec2h vec3h vec4h vec2i vec3i vec4i".split(" "),
  ..."vec2u vec3u vec4u mat2x2f mat3x3f mat4x4f".split(" "),
]);

/**
 * Reads the declarations of a WGSL source.
 *
 * @throws {SyntaxError} If a binding is in another group than 0, two that one
 * entry point reaches have one index, or a uniform variable is no structure of
 * f32, i32 and u32.
 */
export function parseWgsl(code: string): ParsedWgsl {
  const declarations = declarationsOf(
    code.replaceAll(comments, (comment) => comment.replaceAll(/[^\n]/g, " ")),
  );
  const named = new Map(declarations.map((each) => [each.name, each]));
  const bindings = new Map<string, Binding>();
  const elements = new Set<string>();
  for (const { name, text } of declarations) {
    const binding = bindingOf(name, text, named);
    if (binding === null) continue;
    bindings.set(name, binding);
    if (binding.element !== undefined) elements.add(binding.element);
  }
  const overrides = declarations.flatMap(({ name, text }) =>
    /^(@id\(\d+\)\s*)?override\b/.test(text)
      ? [{ name, hasDefault: text.includes("=") }]
      : []
  );
  const entryPoints = new Map<string, ParsedEntryPoint>();
  for (const { name, text } of declarations) {
    if (!/@compute\b/.test(text)) continue;
    const reached = reachableFrom(name, named);
    const own = [...bindings.values()].filter((each) => reached.has(each.name))
      .sort((one, other) => one.index - other.index);
    const twice = own.find(({ index }, at) => own[at + 1]?.index === index);
    if (twice !== undefined) {
      throw new SyntaxError(
        `entry point ${name}: two variables at @binding(${twice.index})`,
      );
    }
    entryPoints.set(name, {
      bindings: own,
      overrides: overrides.filter((each) => reached.has(each.name)),
    });
  }
  return { entryPoints, elements: [...elements] };
}

interface Declaration {
  readonly name: string;
  readonly text: string;
}

/** The declarations of a module: each ends at `;` or `}` outside all brackets. */
function declarationsOf(code: string): Declaration[] {
  const found: Declaration[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < code.length; at++) {
    const letter = code[at];
    if ("{([".includes(letter)) depth++;
    if ("})]".includes(letter)) depth--;
    if (depth > 0 || (letter !== ";" && letter !== "}")) continue;
    const text = code.slice(start, at + 1).trim();
    start = at + 1;
    const name = nameOf(text);
    if (name !== null) found.push({ name, text });
  }
  return found;
}

function nameOf(text: string): string | null {
  const match = text.match(
    /(?:^|[\s)>])(?:fn|struct|alias|const|override|var(?:\s*<[^>]*>)?)\s*([A-Za-z_]\w*)/,
  );
  return match?.[1] ?? null;
}

function bindingOf(
  name: string,
  text: string,
  named: ReadonlyMap<string, Declaration>,
): Binding | null {
  const index = text.match(/@binding\((\d+)\)/);
  if (index === null) return null;
  if (!/@group\(0\)/.test(text)) {
    throw new SyntaxError(`binding ${name}: expected @group(0)`);
  }
  const type = text.slice(text.indexOf(":") + 1);
  if (/\bvar\s*<\s*uniform\s*>/.test(text)) {
    const members = membersOf(name, type, named);
    return { name, index: Number(index[1]), access: "uniform", members };
  }
  const isTexture = /^\s*texture_storage_2d\b/.test(type);
  const writes = isTexture
    ? /,\s*write\s*>/.test(type)
    : /<\s*storage\s*,\s*read_write\s*>/.test(text);
  const element = isTexture ? undefined : (type.match(identifiers) ?? [])
    .find((word) => !builtinTypes.has(word) && !named.has(word));
  const access: BindingAccess = isTexture
    ? (writes ? "writeTexture" : "readTexture")
    : (writes ? "write" : "read");
  const binding = { name, index: Number(index[1]), access };
  return element === undefined ? binding : { ...binding, element };
}

/** The members of the structure that a uniform variable is. */
function membersOf(
  variable: string,
  type: string,
  named: ReadonlyMap<string, Declaration>,
): UniformMember[] {
  const structure = named.get(type.match(identifiers)?.[0] ?? "")?.text ?? "";
  const members = structure.slice(structure.indexOf("{"))
    .matchAll(/([A-Za-z_]\w*)\s*:\s*([^,}]+?)\s*[,}]/g);
  const found = Array.from(members, ([, name, type]) => {
    if (type !== "f32" && type !== "i32" && type !== "u32") {
      throw new SyntaxError(
        `uniform ${variable}: member ${name}: expected f32, i32 or u32, got ` +
          type,
      );
    }
    return { name, type } as const;
  });
  if (found.length > 0) return found;
  throw new SyntaxError(`uniform ${variable}: expected a structure`);
}

/**
 * The module's names that a declaration mentions: not those of members, nor
 * those that a function declares itself.
 */
function mentionedBy({ text }: Declaration): Set<string> {
  const words = text.replaceAll(/\.\s*[A-Za-z_]\w*/g, "").match(identifiers);
  const mentioned = new Set(words);
  if (!/\bfn\b/.test(text)) return mentioned;
  const parameters = text.slice(0, text.indexOf("{"))
    .matchAll(/([A-Za-z_]\w*)\s*:/g);
  const locals = text.matchAll(/\b(?:let|var|const)\s+([A-Za-z_]\w*)/g);
  for (const [, name] of [...parameters, ...locals]) mentioned.delete(name);
  return mentioned;
}

/** All names that a declaration mentions, and those that they mention. */
function reachableFrom(
  name: string,
  named: ReadonlyMap<string, Declaration>,
): Set<string> {
  const reached = new Set<string>();
  const visit = (each: string) => {
    const declaration = named.get(each);
    if (declaration === undefined || reached.has(each)) return;
    reached.add(each);
    for (const word of mentionedBy(declaration)) visit(word);
  };
  visit(name);
  return reached;
}

/**
 * The entry points of a WGSL source by name, to be run by `dispatch`. Element
 * types that the source does not declare, `array<Value>`, are f32 or f16 as the
 * device stores the operand.
 *
 * @param file What errors call the source.
 * @throws {SyntaxError} If a binding is in another group than 0, two that one
 * entry point reaches have one index, or a uniform variable is no structure of
 * f32, i32 and u32.
 */
export function entryPointsOf(
  file: string,
  code: string,
): Record<string, EntryPoint> {
  const { elements } = parseWgsl(code);
  return entryPointsIn({ file, code, lines: [], elements });
}

/** The entry points of a module by name. */
export function entryPointsIn(module: WgslModule): Record<string, EntryPoint> {
  return Object.fromEntries(
    Array.from(
      parseWgsl(module.code).entryPoints,
      ([name, { bindings }]) => [name, { module, name, bindings }],
    ),
  );
}

/** The file and line that a line of a module's code comes from. */
export function sourceOf(
  { file, lines }: WgslModule,
  line: number,
): { file: string; line: number } {
  const found = lines.findLast(({ from }) => from <= line);
  if (found === undefined) return { file, line };
  return { file: found.file, line: found.line + line - found.from };
}
