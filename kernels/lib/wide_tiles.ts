// The innermost loops of `wide_products.ts`, written out.

import {
  type Code,
  flat,
  type WasmDefinition,
  type WasmNames,
} from "./assemble.ts";
import {
  add,
  addVectors,
  constant,
  either,
  equal,
  lanesOf,
  load,
  loadLanes,
  madd,
  multiply,
  type Place,
  store,
  when,
} from "./instructions.ts";
import {
  entries,
  fixed,
  four,
  type Get,
  increase,
  PANEL,
  shared,
} from "./wide_memory.ts";

/** What a tile does with its sums: keeps them, stores them in c, or adds them to c. */
export const KEEP = 0, STORE = 1;

/** How the left matrix lies: `[rows, inner]`, or `[inner, rows]`. */
export type Left = "Rows" | "Columns";

/** The kinds of tiles: of products, and of dot products of rows, four by four. */
export type Kind = Left | "Dots";

/** The parameters of a tile. */
export const tileParameters = ["a", "aRow", "c", "row", "mode"];

/**
 * Adds `count` products to each of 64 sums, which are in the own memory, or 0 at first.
 * They end there, so that V8 sees pairs, and in c. `written` has the steps that this
 * kind's tiles have written out so far: all tiles have the same locals, and those of 4
 * steps and more the same steps.
 */
export function tile(
  kind: Kind,
  count: number,
  isFirst: boolean,
  written: Code[],
): WasmDefinition {
  const isDots = kind === "Dots";
  const factors = four.flatMap((i) => [`a${i}`, `b${i}`]);
  return {
    name: `${isFirst ? "first" : "next"}${kind}${count}`,
    parameters: tileParameters,
    vectors: ["x", ...factors, ...entries.map(({ sum }) => sum)],
    body(names) {
      const { get, set } = names;
      const starts = isFirst
        ? []
        : entries.map(({ place, sum }) => set(sum, load(place)));
      const write = (step: number) =>
        flat(
          isDots ? quadStep(step, names) : step4x16(kind, count, step, names),
        );
      const products = Array.from(
        { length: count },
        (_, step) => count < 4 ? write(step) : written[step] ??= write(step),
      );
      const ends = entries.map(({ place, sum }) => store(place, get(sum)));
      return [starts, products, ends, isDots ? putLanes(names) : put(names)];
    },
  };
}

/** One step of 4 rows by 16 columns. */
function step4x16(
  left: Left,
  count: number,
  step: number,
  names: WasmNames,
): Code {
  const { get, set } = names;
  return [
    step > 0 && left === "Columns" ? increase(names, "a", get("aRow")) : [],
    factorsOf(left, count, step, get).map(([name, value]) => set(name, value)),
    four.map((vector) =>
      set(`b${vector}`, load(fixed(PANEL + 64 * step + 16 * vector)))
    ),
    entries.map(({ row, sum, vector }) => [
      vector > 0 ? [] : set("x", factorOf(left, count, step, row, get)),
      set(sum, madd(get("x"), get(`b${vector}`), get(sum))),
    ]),
  ];
}

/** Four elements of 2 rows by those of 8 rows of the right matrix, lane by lane. */
function quadStep(step: number, { get, set }: WasmNames): Code {
  return [
    set("a0", load(shared(get("a"), 16 * step))),
    set("a1", load(shared(add(get("a"), get("aRow")), 16 * step))),
    entries.map(({ sum }, i) => {
      const right = load(fixed(PANEL + 128 * step + 16 * (i % 8)));
      return set(sum, madd(get(i < 8 ? "a0" : "a1"), right, get(sum)));
    }),
  ];
}

/** Stores sums in c, or adds them to it, unless they are kept. */
function put(names: WasmNames): Code {
  const { get } = names;
  const stores = (added: boolean) =>
    entries.map(({ row, sum, vector }) => {
      const to = shared(get("c"), 16 * vector);
      return [
        row > 0 && vector === 0 ? increase(names, "c", get("row")) : [],
        store(to, added ? addVectors(load(to), get(sum)) : get(sum)),
      ];
    });
  const isStored = equal(get("mode"), constant(STORE));
  return when(
    get("mode"),
    either(isStored, stores(false), stores(true)),
  );
}

/** Stores the lanes of 2 by 8 dot products in c, unless they are kept. */
function putLanes({ get }: WasmNames): Code {
  const stores = entries.map(({ sum }, i) =>
    store(shared(get("c"), 16 * i), get(sum))
  );
  return when(get("mode"), stores);
}

/** Vectors of the left matrix that a step begins with, by their locals. */
function factorsOf(
  left: Left,
  count: number,
  step: number,
  get: Get,
): [string, Code][] {
  if (left === "Columns") return [["a0", load(shared(get("a"), 0))]];
  if (count < 4 || step % 4 > 0) return [];
  return four.map((row) => [`a${row}`, load(rowPlace(row, step, get))]);
}

/** An element of the left matrix in all lanes; V8 loads it so. */
function factorOf(
  left: Left,
  count: number,
  step: number,
  row: number,
  get: Get,
): Code {
  if (left === "Columns") return lanesOf(get("a0"), row);
  if (count < 4) return loadLanes(rowPlace(row, step, get));
  return lanesOf(get(`a${row}`), step % 4);
}

/** Where a step's element of one of the left matrix's rows is. */
function rowPlace(row: number, step: number, get: Get): Place {
  const start = row === 0
    ? get("a")
    : add(get("a"), multiply(get("aRow"), constant(row)));
  return shared(start, 4 * step);
}
