import type { FormatError } from "../base/errors.ts";
import { MOST_VALUES } from "./_limits.ts";
import { malformed, show } from "./_malformed.ts";

/** The values of a pickle: plain ones, and those that its globals make. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleDict
  | PickleObject;

/** Python's dict, in its order. */
export type PickleDict = Map<string | number, PickleValue>;

/** A value that is neither plain nor a container; the reader of a format derives it. */
export abstract class PickleObject {
  /** The name in errors. */
  abstract readonly kind: string;
}

/** A value that is known by name alone: a number type, a device, a set. */
export class PickleOpaque extends PickleObject {
  /**
   * A value that stays unread.
   *
   * @param kind The value as an error or metadata name it.
   */
  constructor(readonly kind: string) {
    super();
  }
}

/** A class or function that a pickle may name. */
export class PickleGlobal extends PickleObject {
  readonly kind: string;

  /**
   * Keeps the arguments.
   *
   * @param name `module.name`.
   * @param call What calling it makes; undefined where the arguments are wrong.
   */
  constructor(
    readonly name: string,
    readonly call: (args: PickleValue[]) => PickleValue | undefined,
  ) {
    super();
    this.kind = name;
  }
}

/** The rights that a format gives its pickles. */
export interface PickleRules {
  /** The name of the pickle, for errors. */
  readonly where: string;
  /** All classes and functions that it may name, by `module.name`. */
  readonly globals: Pick<ReadonlyMap<string, PickleValue>, "get">;
  /** The value of a persistent id; undefined where it is wrong. */
  persistent(id: PickleValue): PickleValue | undefined;
  /** How to recover from a global that is not allowed. */
  readonly help: string;
}

const RECOVER = "The file is damaged: download or write it again.";

const STOP = 0x2e;
const NEWLINE = 0x0a;

/** Longer numbers than any that counts something are refused. */
const LONGEST_LONG = 64;

/** Values of a pickle that are made and used again: names, types, arguments. */
const MOST_WORK = 4 * MOST_VALUES;

/** The effect of an opcode. */
type Operation = (machine: PickleMachine) => void;

/**
 * Reads Python's pickle format, protocols 2 to 5, and executes nothing: a
 * global that is not in the rules is refused by name before anything is made
 * of it. The format: https://docs.python.org/3/library/pickletools.html
 *
 * @param start Where it begins among other bytes.
 * @returns What it holds, and where the bytes after it begin.
 * @throws {FormatError} If the bytes are no pickle, or hold what the rules do
 * not allow.
 */
export function parsePickleAt(
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new PickleMachine(bytes, rules, start);
  const value = machine.run();
  return { value, end: machine.position };
}

class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #memo = new Map<number, PickleValue>();
  readonly #marked: PickleValue[][] = [];
  #stack: PickleValue[] = [];
  #position: number;
  #work = 0;

  constructor(bytes: Uint8Array, rules: PickleRules, position: number) {
    this.#bytes = bytes;
    this.#position = position;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.#rules = rules;
  }

  get position(): number {
    return this.#position;
  }

  run(): PickleValue {
    for (;;) {
      const code = this.byte();
      if (code === STOP) return this.pop();
      const operation = OPERATIONS.get(code);
      if (operation === undefined) {
        this.#position--;
        const hex = code.toString(16).padStart(2, "0");
        throw this.error("an opcode of plain values", `0x${hex}`);
      }
      operation(this);
    }
  }

  error(expected: string, got: string, help = RECOVER): FormatError {
    const where = `${this.#rules.where}, byte ${this.#position}`;
    return malformed(where, expected, got, { help });
  }

  byte(): number {
    return this.take(1)[0];
  }

  uint16(): number {
    return this.#at(2, (at) => this.#view.getUint16(at, true));
  }

  int32(): number {
    return this.#at(4, (at) => this.#view.getInt32(at, true));
  }

  uint32(): number {
    return this.#at(4, (at) => this.#view.getUint32(at, true));
  }

  float64(): number {
    return this.#at(8, (at) => this.#view.getFloat64(at, false));
  }

  /** A length in eight bytes; one beyond the file is refused by `take`. */
  length64(): number {
    return this.#at(8, (at) => Number(this.#view.getBigUint64(at, true)));
  }

  #at<Result>(length: number, read: (at: number) => Result): Result {
    const at = this.#position;
    this.take(length);
    return read(at);
  }

  take(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) {
      throw this.error(`${length} more bytes`, "the end");
    }
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes);
    } catch {
      throw this.error("UTF-8", "other bytes");
    }
  }

  /** Bytes: weights are in none. */
  bytes(length: number): void {
    this.take(length);
    this.push(new PickleOpaque("bytes"));
  }

  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#position);
    if (end === -1) throw this.error("the end of a line", "the end");
    const text = this.text(end - this.#position);
    this.#position++;
    return text;
  }

  push(value: PickleValue): void {
    this.#spend(1);
    this.#stack.push(value);
  }

  /** A list can be an argument of many calls, each of which reads all of it. */
  #spend(values: number): void {
    this.#work += values;
    if (this.#work > MOST_WORK) {
      throw this.error(`at most ${MOST_WORK} values`, "more");
    }
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.error("a value", "an empty stack");
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popString(): string {
    const value = this.pop();
    if (typeof value === "string") return value;
    throw this.error("a string", describeValue(value));
  }

  mark(): void {
    this.#marked.push(this.#stack);
    this.#stack = [];
  }

  popMark(): PickleValue[] {
    const below = this.#marked.pop();
    if (below === undefined) throw this.error("a mark", "none");
    const values = this.#stack;
    this.#stack = below;
    return values;
  }

  store(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.store(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) {
      throw this.error("a value kept before", `number ${index}, never kept`);
    }
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.error("a list", describeValue(list));
    for (const value of values) list.push(value);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.error("a dict", describeValue(dict));
    if (items.length % 2 !== 0) throw this.error("keys with values", "a rest");
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      // A tensor under a key that is no name, a tuple, has no name either.
      if (typeof key !== "string" && typeof key !== "number") continue;
      dict.set(key, items[index + 1]);
    }
  }

  global(module: string, name: string): void {
    const path = `${module}.${name}`;
    const global = this.#rules.globals.get(path);
    if (global === undefined) {
      const { help } = this.#rules;
      const expected = "only tensors, OrderedDict and plain values";
      throw this.error(expected, show(path), help);
    }
    this.push(global);
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) {
      throw this.error("a function and arguments", describeValue(callee));
    }
    this.#spend(sizeOf(args, 3));
    const result = callee.call(args);
    if (result === undefined) {
      const given = args.map(describeValue).join(", ");
      throw this.error(`arguments of ${callee.name}`, show(`(${given})`));
    }
    this.push(result);
  }

  /** Attributes, such as a state dictionary's version, say nothing here. */
  build(): void {
    this.pop();
    const object = this.top();
    if (object instanceof Map || object instanceof PickleObject) return;
    throw this.error("attributes of a dict", describeValue(object));
  }

  /** Members of a set: weights are in none. */
  addItems(): void {
    this.popMark();
    const set = this.top();
    if (set instanceof PickleOpaque) return;
    throw this.error("a set", describeValue(set));
  }

  persistent(): void {
    const id = this.pop();
    const value = this.#rules.persistent(id);
    if (value === undefined) {
      throw this.error("the id of a storage", describeValue(id));
    }
    this.push(value);
  }

  long(length: number): void {
    let value = 0n;
    for (const byte of this.take(length).toReversed()) {
      value = (value << 8n) | BigInt(byte);
    }
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    this.push(Number.isSafeInteger(number) ? number : value);
  }
}

/** Values in a list and in lists within, so many levels deep. */
function sizeOf(list: readonly PickleValue[], levels: number): number {
  if (levels === 1 || list.length > MOST_WORK) return list.length;
  let size = list.length;
  for (const value of list) {
    if (Array.isArray(value)) size += sizeOf(value, levels - 1);
    if (size > MOST_WORK) break;
  }
  return size;
}

/** A value, short, for an error. */
function describeValue(value: PickleValue): string {
  if (value instanceof PickleObject) return value.kind;
  if (value instanceof Map) return "a dict";
  if (Array.isArray(value)) return "a list";
  return show(value);
}

/** The opcodes that plain values need, by their byte. */
const OPERATIONS = new Map<number, Operation>([
  [0x80, (m) => { // PROTO
    const protocol = m.byte();
    if (protocol < 2 || protocol > 5) {
      throw m.error("pickle protocol 2 to 5", String(protocol));
    }
  }],
  [0x95, (m) => void m.take(8)], // FRAME
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x71, (m) => m.store(m.byte())], // BINPUT
  [0x72, (m) => m.store(m.uint32())], // LONG_BINPUT
  [0x94, (m) => m.memoize()], // MEMOIZE
  [0x68, (m) => m.recall(m.byte())], // BINGET
  [0x6a, (m) => m.recall(m.uint32())], // LONG_BINGET
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.byte())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x8a, (m) => { // LONG1
    const length = m.byte();
    if (length > LONGEST_LONG) throw m.error("a number", `${length} bytes`);
    m.long(length);
  }],
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x54, (m) => m.push(m.text(m.uint32()))], // BINSTRING, text of Python 2
  [0x55, (m) => m.push(m.text(m.byte()))], // SHORT_BINSTRING
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.byte()))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(m.text(m.length64()))], // BINUNICODE8
  [0x42, (m) => m.bytes(m.uint32())], // BINBYTES
  [0x43, (m) => m.bytes(m.byte())], // SHORT_BINBYTES
  [0x8e, (m) => m.bytes(m.length64())], // BINBYTES8
  [0x96, (m) => m.bytes(m.length64())], // BYTEARRAY8
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x85, (m) => m.push([m.pop()])], // TUPLE1
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())], // TUPLE2
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())], // TUPLE3
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x8f, (m) => m.push(new PickleOpaque("a set"))], // EMPTY_SET
  [0x90, (m) => m.addItems()], // ADDITEMS
  [0x91, (m) => { // FROZENSET
    m.popMark();
    m.push(new PickleOpaque("a set"));
  }],
  [0x73, (m) => { // SETITEM
    const value = m.pop();
    m.setItems([m.pop(), value]);
  }],
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS
  [0x63, (m) => m.global(m.line(), m.line())], // GLOBAL
  [0x93, (m) => { // STACK_GLOBAL
    const name = m.popString();
    m.global(m.popString(), name);
  }],
  [0x52, (m) => m.reduce()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.persistent()], // BINPERSID
]);
