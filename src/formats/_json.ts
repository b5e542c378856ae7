import type { FormatError } from "../base/errors.ts";
import { MOST_VALUES } from "./_limits.ts";
import { malformed, show } from "./_malformed.ts";

/** A JSON value; its objects are maps, in the order of the text. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | Map<string, JsonValue>;

/** The limit of serde_json, the parser that defines what safetensors reads. */
const DEEPEST = 128;

/**
 * Parses the JSON of a file that is not trusted.
 *
 * Stricter than `JSON.parse`, which takes the last of two equal keys, moves
 * keys that look like integers to the front and knows no limit of depth.
 *
 * @param where What the text is, for the error: `model.safetensors: header`.
 * @throws {FormatError} If the text is not JSON, repeats a key, nests deeper
 * than 128 or holds half of a surrogate pair.
 */
export function parseJson(text: string, where: string): JsonValue {
  return new JsonParser(text, where).document();
}

class JsonParser {
  readonly #text: string;
  readonly #where: string;
  #position = 0;
  #values = 0;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipWhitespace();
    if (this.#position < this.#text.length) throw this.#error("the end");
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > DEEPEST) throw this.#error(`at most ${DEEPEST} levels`);
    if (++this.#values > MOST_VALUES) {
      throw this.#error(`at most ${MOST_VALUES} values`, "more");
    }
    this.#skipWhitespace();
    switch (this.#text[this.#position]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#numberOrWord();
    }
  }

  #object(depth: number): Map<string, JsonValue> {
    const entries = new Map<string, JsonValue>();
    this.#expect("{");
    if (this.#accept("}")) return entries;
    do {
      this.#skipWhitespace();
      const keyPosition = this.#position;
      const key = this.#string();
      if (entries.has(key)) {
        this.#position = keyPosition;
        throw this.#error("every key once", `${show(key)} again`);
      }
      this.#expect(":");
      entries.set(key, this.#value(depth + 1));
    } while (this.#accept(","));
    this.#expect("}");
    return entries;
  }

  #array(depth: number): JsonValue[] {
    const values: JsonValue[] = [];
    this.#expect("[");
    if (this.#accept("]")) return values;
    do values.push(this.#value(depth + 1)); while (this.#accept(","));
    this.#expect("]");
    return values;
  }

  #string(): string {
    const text = this.#text;
    if (text[this.#position] !== '"') throw this.#error("a string");
    let end = this.#position + 1;
    while (end < text.length && text[end] !== '"') {
      end += text[end] === "\\" ? 2 : 1;
    }
    const value = this.#parseNative(end + 1, "a string");
    if (typeof value !== "string" || !value.isWellFormed()) {
      throw this.#error("a string of whole characters");
    }
    this.#position = end + 1;
    return value;
  }

  #numberOrWord(): number | boolean | null {
    let end = this.#position;
    while (
      end < this.#text.length && !' \t\n\r,:[]{}"'.includes(this.#text[end])
    ) {
      end++;
    }
    const value = this.#parseNative(end, "a value");
    this.#position = end;
    // Adding 0 turns -0, which is no size, into 0.
    return typeof value === "number" ? value + 0 : value as boolean | null;
  }

  #parseNative(end: number, expected: string): unknown {
    try {
      return JSON.parse(this.#text.slice(this.#position, end));
    } catch (cause) {
      throw this.#error(expected, undefined, cause);
    }
  }

  #skipWhitespace(): void {
    while (
      this.#position < this.#text.length &&
      " \t\n\r".includes(this.#text[this.#position])
    ) this.#position++;
  }

  #accept(character: string): boolean {
    this.#skipWhitespace();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#error(`"${character}"`);
  }

  #error(expected: string, got?: string, cause?: unknown): FormatError {
    const rest = this.#text.slice(this.#position, this.#position + 16);
    return malformed(
      `${this.#where}, character ${this.#position}`,
      expected,
      got ?? (rest === "" ? "the end" : show(rest)),
      { cause },
    );
  }
}
