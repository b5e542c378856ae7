// The own memory of `wide_products.ts`: a tile, a panel, and sums that wait.

import type { Code, WasmDefinition, WasmNames } from "./assemble.ts";
import {
  add,
  constant,
  load,
  type Place,
  store,
  zeros,
} from "./instructions.ts";

/** Rows of a tile, and its vectors of 4 columns. */
export const four = [0, 1, 2, 3];

/** Where things lie in the own memory: a tile, a panel, and sums to go on with. */
export const TILE = 0, PANEL = 256, PARTIAL = 16_384;

/** A place in the own memory. */
export const own = (at: Code, offset: number): Place => ({
  memory: 0,
  at,
  offset,
});
/** A place in the kernels' memory. */
export const shared = (at: Code, offset: number): Place => ({
  memory: 1,
  at,
  offset,
});

/** A place whose address V8 knows: no check of bounds. */
export const fixed = (offset: number): Place => own(zero, offset);

const zero = constant(0);

/** The value of a local. */
export type Get = WasmNames["get"];

/** Adds to a local. */
export const increase = (
  { get, set }: WasmNames,
  local: string,
  by: Code,
): Code => set(local, add(get(local), by));

/** Rows and vectors of a tile. */
export const entries = four.flatMap((row) =>
  four.map((vector) => ({
    row,
    vector,
    sum: `sum${row}${vector}`,
    place: fixed(TILE + 64 * row + 16 * vector),
  }))
);

/** A tile of zeros. */
export const clear: WasmDefinition = {
  name: "clear",
  parameters: [],
  body: () => entries.map(({ place }) => store(place, zeros)),
};

/** Copies a tile to the sums that wait for more, or from them. */
export function copyTile(
  name: string,
  to: number,
  from: number,
): WasmDefinition {
  return {
    name,
    parameters: ["partial"],
    body: ({ get }) => {
      const place = (base: number, i: number) =>
        base === TILE ? fixed(16 * i) : own(get("partial"), base + 16 * i);
      return entries.map((_, i) => store(place(to, i), load(place(from, i))));
    },
  };
}

/** Copies some steps' 16 columns of the right matrix. */
export function copyPanel(count: number): WasmDefinition {
  return {
    name: `copyPanel${count}`,
    parameters: ["b", "row"],
    body(names) {
      const { get } = names;
      return Array.from({ length: count }, (_, step) => [
        step > 0 ? increase(names, "b", get("row")) : [],
        four.map((vector) =>
          store(
            fixed(PANEL + 64 * step + 16 * vector),
            load(shared(get("b"), 16 * vector)),
          )
        ),
      ]);
    },
  };
}

/** Copies some quads of 8 rows of the right matrix. */
export function copyQuads(count: number): WasmDefinition {
  return {
    name: `copyQuads${count}`,
    parameters: ["b", "row"],
    body(names) {
      const { get } = names;
      return Array.from({ length: 8 }, (_, row) => [
        row > 0 ? increase(names, "b", get("row")) : [],
        Array.from({ length: count }, (_, quad) =>
          store(
            fixed(PANEL + 128 * quad + 16 * row),
            load(shared(get("b"), 16 * quad)),
          )),
      ]);
    },
  };
}
