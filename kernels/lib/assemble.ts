/** Bytes of instructions, nested as they are put together. */
export type Code = Uint8Array | readonly (number | Code)[];

/** The types of WebAssembly that functions have here. */
const I32 = 0x7f, V128 = 0x7b;

/** A function of a module, without results. */
export interface WasmDefinition {
  /** What others call it by. */
  readonly name: string;
  /** Whether the module exports it. */
  readonly isExported?: boolean;
  /** Names of its parameters, numbers. */
  readonly parameters: readonly string[];
  /** Names of its further locals that are numbers. */
  readonly numbers?: readonly string[];
  /** Names of its further locals that are vectors. */
  readonly vectors?: readonly string[];
  /** Its instructions. */
  readonly body: (names: WasmNames) => Code;
}

/** What instructions refer to by name. */
export interface WasmNames {
  /** The value of a local. */
  get(local: string): Code;
  /** Gives a local a value. */
  set(local: string, value: Code): Code;
  /** Gives a local a value, and is that value. */
  tee(local: string, value: Code): Code;
  /** Calls a function. */
  call(name: string, ...given: Code[]): Code;
}

/** An imported memory, in pages of 64 KiB. */
export interface ImportedMemory {
  /** The name by which it is imported from `env`. */
  readonly name: string;
  /** Pages that it has at least. */
  readonly initial: number;
  /** Pages that it has at most. */
  readonly maximum: number;
  /** Whether several threads share it. */
  readonly isShared: boolean;
}

/** A number as LEB128, of one byte for each 7 bits. */
export function unsigned(value: number): number[] {
  return value < 128
    ? [value]
    : [value % 128 + 128, ...unsigned(Math.floor(value / 128))];
}

/** A number that may be below 0 as LEB128. */
export function signed(value: number): number[] {
  const low = value & 127, rest = value >> 7;
  const isLast = rest === (low & 64 ? -1 : 0);
  return isLast ? [low] : [low | 128, ...signed(rest)];
}

/**
 * A WebAssembly module of these functions.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html
 */
export function assemble(
  memories: readonly ImportedMemory[],
  functions: readonly WasmDefinition[],
): Uint8Array<ArrayBuffer> {
  const indices = new Map(functions.map(({ name }, index) => [name, index]));
  const exported = functions.filter(({ isExported }) => isExported);
  const types = functions.map(({ parameters }): Code => [
    0x60,
    vector(parameters.map(() => I32)),
    vector([]),
  ]);
  const imports = memories.map((memory): Code => [
    text("env"),
    text(memory.name),
    [2, memory.isShared ? 3 : 1],
    unsigned(memory.initial),
    unsigned(memory.maximum),
  ]);
  const module: Code = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(types)),
    section(2, vector(imports)),
    section(3, vector(functions.map((_, index) => unsigned(index)))),
    section(
      7,
      vector(exported.map(({ name }): Code => [
        text(name),
        0,
        unsigned(indices.get(name)!),
      ])),
    ),
    section(10, vector(functions.map((each) => bodyOf(each, indices)))),
  ];
  return flat(module);
}

function bodyOf(
  { body, numbers = [], parameters, vectors = [] }: WasmDefinition,
  indices: ReadonlyMap<string, number>,
): Code {
  const locals = new Map(
    [...parameters, ...numbers, ...vectors].map((name, index) => [
      name,
      unsigned(index),
    ]),
  );
  const local = (name: string) => locals.get(name)!;
  const gets = new Map(
    Array.from(
      locals,
      ([name, index]) => [name, Uint8Array.of(0x20, ...index)],
    ),
  );
  const code = body({
    get: (name) => gets.get(name)!,
    set: (name, value) => [value, 0x21, local(name)],
    tee: (name, value) => [value, 0x22, local(name)],
    call: (name, ...given) => [given, 0x10, unsigned(indices.get(name)!)],
  });
  const declared = [[numbers.length, I32], [vectors.length, V128]];
  return sized(flat([
    vector(declared.map(([count, type]): Code => [unsigned(count), type])),
    code,
    0x0b,
  ]));
}

function section(id: number, content: Code): Code {
  return [id, sized(content)];
}

/** Code after its length in bytes. */
function sized(code: Code): Code {
  return [unsigned(lengthOf(code)), code];
}

/** Items after their number. */
function vector(items: Code): Code {
  return [unsigned(items.length), items];
}

function text(value: string): Code {
  return sized(new TextEncoder().encode(value));
}

/** The bytes of code; what it was put together from can be forgotten then. */
export function flat(code: Code): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(code));
  append(bytes, 0, code);
  return bytes;
}

/** Writes code at this place, and is where it ends. */
function append(bytes: Uint8Array, at: number, code: Code): number {
  if (code instanceof Uint8Array) {
    bytes.set(code, at);
    return at + code.length;
  }
  let end = at;
  // Before V8 compiles a loop `of` an array, each of its items is an object.
  for (let i = 0; i < code.length; i++) {
    const each = code[i];
    if (typeof each === "number") bytes[end++] = each;
    else end = append(bytes, end, each);
  }
  return end;
}

function lengthOf(code: Code): number {
  if (code instanceof Uint8Array) return code.length;
  let length = 0;
  for (let i = 0; i < code.length; i++) {
    const each = code[i];
    length += typeof each === "number" ? 1 : lengthOf(each);
  }
  return length;
}
