/**
 * The table of results and the list of survivors.
 *
 * @module
 */

import { reasonOf } from "./equivalent.ts";
import type { Operator } from "./operators.ts";
import type { Result } from "./run.ts";
import { kinds } from "./targets.ts";

/** A mutant that was run, as a log has it. */
export interface Entry {
  readonly kind: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly operator: Operator;
  readonly from: string;
  readonly to: string;
  readonly result: Result;
  readonly seconds: number;
}

/** An entry as people read it. */
export function entryText(entry: Entry): string {
  const { file, from, line, operator, result, seconds, to } = entry;
  return `${result} in ${seconds} s: ${file}:${line}: ${operator}\n` +
    `  - ${from}\n  + ${to}`;
}

/**
 * The table, as Markdown.
 *
 * @returns Its lines, and the share that was killed or changes nothing of all
 * that compile.
 */
export function tableOf(
  entries: readonly Entry[],
): { lines: string[]; score: number } {
  const rows = kinds.map(({ name }) =>
    rowOf(name, entries.filter(({ kind }) => kind === name))
  );
  const lines = [
    "| what | mutants | killed | equivalent | survived | invalid |",
    "| ---- | ------: | -----: | ---------: | -------: | ------: |",
    ...[...rows, rowOf("all", entries)].map((
      { equivalent, invalid, killed, name, survived, total },
    ) =>
      `| ${name} | ${total} | ${killed} | ${equivalent} | ${survived} | ${invalid} |`
    ),
  ];
  const { equivalent, killed, survived } = rowOf("all", entries);
  const score = (killed + equivalent) / (killed + equivalent + survived);
  return { lines, score };
}

/** The mutants that survived, and that nothing explains. */
export function survivorsOf(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) =>
    ["survived", "uncovered"].includes(entry.result) &&
    reasonOf(entry) === undefined
  );
}

function rowOf(name: string, entries: readonly Entry[]) {
  const survived = survivorsOf(entries).length;
  const count = (...results: Result[]) =>
    entries.filter(({ result }) => results.includes(result)).length;
  return {
    name,
    total: entries.length,
    killed: count("killed", "timeout"),
    equivalent: count("survived", "uncovered") - survived,
    survived,
    invalid: count("invalid"),
  };
}
