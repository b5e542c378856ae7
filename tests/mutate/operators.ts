/**
 * The operators that break a source: each takes the code, without comments and
 * text, and finds places for one small change.
 *
 * All sources are formatted, so that an operator of two operands has a space on
 * both sides and a type argument has none: that tells `a < b` from `Array<b>`.
 *
 * @module
 */

import { closing, codeOf } from "./_code.ts";

/** What is wrong with a mutant. */
export type Operator =
  | "sign"
  | "arithmetic"
  | "index"
  | "bound"
  | "comparison"
  | "missing term"
  | "swapped operands"
  | "constant"
  | "skipped call";

/** One change of a source. */
export interface Mutation {
  readonly operator: Operator;
  /** The first letter that it replaces. */
  readonly start: number;
  /** The letter after the last. */
  readonly end: number;
  readonly replacement: string;
}

/** A change as people read it: lines, without the spaces around them. */
export interface ReadableMutation {
  /** The number of the first changed line, from 1. */
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

type Finder = (code: string, source: string) => Mutation[];

/** Binary operators, and what each becomes. */
const binary: readonly (readonly [Operator, string, string])[] = [
  ["sign", "+", "-"],
  ["sign", "-", "+"],
  ["sign", "+=", "-="],
  ["sign", "-=", "+="],
  ["arithmetic", "*", "/"],
  ["arithmetic", "/", "*"],
  ["arithmetic", "%", "*"],
  ["arithmetic", "*=", "/="],
  ["arithmetic", "/=", "*="],
  ["arithmetic", "<<", ">>"],
  ["arithmetic", ">>", "<<"],
  ["arithmetic", "&", "|"],
  ["arithmetic", "^", "&"],
  ["bound", "<", "<="],
  ["bound", "<=", "<"],
  ["bound", ">", ">="],
  ["bound", ">=", ">"],
  ["comparison", "<", ">="],
  ["comparison", "<=", ">"],
  ["comparison", ">", "<="],
  ["comparison", ">=", "<"],
  ["comparison", "==", "!="],
  ["comparison", "!=", "=="],
  ["comparison", "===", "!=="],
  ["comparison", "!==", "==="],
  ["comparison", "&&", "||"],
  ["comparison", "||", "&&"],
];

/** A name or number with its members, elements and one pair of brackets. */
const operand = String
  .raw`(?:[\w$.#]+|\([^()\n]*\))(?:\[[^\[\]\n]*\]|\([^()\n]*\)|\.[\w$#]+)*`;

/** Functions that take their first two arguments in any order. */
const commutative = /\b(?:add|mul|min|max|fma|dot|eq|ne|imul|hypot)\($/;

/** SIMD operations that have a counterpart. */
const instructions: readonly (readonly [RegExp, Operator, string])[] = [
  [/\b(?<=[fi]\d+x\d+\.)add\b/g, "sign", "sub"],
  [/\b(?<=[fi]\d+x\d+\.)sub\b/g, "sign", "add"],
  [/\b(?<=[fi]\d+x\d+\.)mul\b/g, "arithmetic", "add"],
  [/\b(?<=[fi]\d+x\d+\.)div\b/g, "arithmetic", "mul"],
  [/\b(?<=[fi]\d+x\d+\.)lt\b/g, "bound", "le"],
  [/\b(?<=[fi]\d+x\d+\.)gt\b/g, "bound", "ge"],
  [/\bmin(?=\()/g, "bound", "max"],
  [/\bmax(?=\()/g, "bound", "min"],
];

const finders: readonly Finder[] = [
  ...binary.map(([operator, from, to]): Finder => (code) =>
    found(
      code,
      new RegExp(`(?<=\\S )${escaped(from)}(?=\\s)`, "g"),
      operator,
      to,
    )
  ),
  ...instructions.map(([pattern, operator, to]): Finder => (code) =>
    found(code, pattern, operator, to)
  ),
  (code) =>
    found(code, /(?<=[([,=?:] ?|return |[-+*/] )-(?=[\w(])/g, "sign", ""),
  (code) => found(code, /(?<=[(\s])!(?=[\w(])/g, "comparison", ""),
  conditions,
  indices,
  (code) =>
    found(
      code,
      new RegExp(`(?<=\\S)\\s[-+] ${operand}(?: \\* ${operand})*`, "g"),
      "missing term",
      "",
    ),
  (code) =>
    found(code, new RegExp(`(?<=\\S) \\* ${operand}`, "g"), "missing term", ""),
  swaps,
  constants,
  skippedCalls,
];

/**
 * All changes that the operators find, in the order of the source.
 *
 * @param codeInStrings Whether a string that reads like an expression is code.
 */
export function mutationsOf(
  source: string,
  { codeInStrings = false }: { codeInStrings?: boolean } = {},
): Mutation[] {
  const code = codeOf(source, codeInStrings);
  return finders.flatMap((find) => find(code, source))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with the change. */
export function applied(
  source: string,
  { end, replacement, start }: Mutation,
): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** The lines of the source that a change is in, before and after it. */
export function readable(
  source: string,
  mutation: Mutation,
): ReadableMutation {
  const start = source.lastIndexOf("\n", mutation.start - 1) + 1;
  const next = source.indexOf("\n", Math.max(mutation.end, start));
  const end = next < 0 ? source.length : next;
  const changed = source.slice(start, mutation.start) + mutation.replacement +
    source.slice(mutation.end, end);
  return {
    line: source.slice(0, start).split("\n").length,
    from: oneLine(source.slice(start, end)),
    to: oneLine(changed),
  };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

function escaped(text: string): string {
  return text.replaceAll(/[*+^|/]/g, "\\$&");
}

/** A change of each match; `$1` and the like are groups of the pattern. */
function found(
  code: string,
  pattern: RegExp,
  operator: Operator,
  replacement: string,
): Mutation[] {
  return Array.from(code.matchAll(pattern), ({ 0: text, index }) => ({
    operator,
    start: index,
    end: index + text.length,
    replacement,
  }));
}

/** A condition that always or never holds. */
function conditions(code: string): Mutation[] {
  return Array.from(code.matchAll(/\bif \(/g)).flatMap(({ 0: text, index }) => {
    const open = index + text.length - 1;
    return ["true", "false"].map((replacement): Mutation => ({
      operator: "comparison",
      start: open + 1,
      end: closing(code, open),
      replacement,
    }));
  });
}

/** The element before and the one after. */
function indices(code: string, source: string): Mutation[] {
  return Array.from(code.matchAll(/(?<=[\w)\]])\[(?=[\w(])/g))
    .flatMap(({ index }) => {
      const end = closing(code, index);
      const inside = source.slice(index + 1, end);
      if (/[,\n]|\bkeyof\b|^number$/.test(inside)) return [];
      return ["+", "-"].map((sign): Mutation => ({
        operator: "index",
        start: end,
        end,
        replacement: ` ${sign} 1`,
      }));
    });
}

/** `b - a` for `a - b`, and `f(b, a)` for `f(a, b)`. */
function swaps(code: string, source: string): Mutation[] {
  const pairs = [
    new RegExp(`(?<![\\w.$)\\]])(${operand})( [-/%] | << )(${operand})`, "g"),
    new RegExp(`(?<=[\\w>]\\()(${operand})(, )(${operand})(?=[,)])`, "g"),
  ];
  return pairs.flatMap((pattern) =>
    Array.from(code.matchAll(pattern)).flatMap((match): Mutation[] => {
      const [whole, left, between, right] = match;
      const start = match.index;
      const end = start + whole.length;
      const first = source.slice(start, start + left.length);
      const second = source.slice(end - right.length, end);
      const called = code.slice(Math.max(0, start - 24), start);
      if (first === second || commutative.test(called)) return [];
      return [{
        operator: "swapped operands",
        start,
        end,
        replacement: second + between + first,
      }];
    })
  );
}

/** 1 for 0, 0 for 1, twice a fraction, and one more for any other number. */
function constants(code: string): Mutation[] {
  const number = /(?<![\w.$#]|>\[)(\d+)(\.\d+)?(?:e-?\d+)?(?=[fuhn]?\b)/g;
  return Array.from(code.matchAll(number), (match): Mutation => {
    const [text, , fraction] = match;
    const isWhole = fraction === undefined && /^\d+$/.test(text);
    const replacement = isWhole
      ? text === "1" ? "0" : String(BigInt(text) + 1n)
      : Number(text) === 0
      ? "1.0"
      : `(2.0 * ${text})`;
    return {
      operator: "constant",
      start: match.index,
      end: match.index + text.length,
      replacement,
    };
  });
}

/** A statement that is only a call. */
function skippedCalls(code: string): Mutation[] {
  const call =
    /(?<=[;{}\u00a7]\s*\n\s*)(?!(?:if|for|while|switch|return|catch|function|super|fn|else|await super)\b)(?:await )?[\w$.#]+(?:<\w+>)?\(/g;
  return Array.from(code.matchAll(call)).flatMap((match): Mutation[] => {
    const end = closing(code, match.index + match[0].length - 1) + 1;
    if (code[end] !== ";") return [];
    return [{
      operator: "skipped call",
      start: match.index,
      end: end + 1,
      replacement: ";",
    }];
  });
}
