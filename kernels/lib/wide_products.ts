/**
 * Matrix products in vectors of 256 bits, as a second module of the CPU device; the
 * kernels call it by `simd/wide.ts`, which says what they compute.
 *
 * WebAssembly's vectors have 128 bits. V8 can make one instruction of two neighbouring
 * ones (`--experimental-wasm-revectorize`, x86-64 with AVX2), but only of loads and
 * stores between which nothing can trap. Deno checks the bounds of each access, except
 * where the address is a constant. So this module has a memory of its own, in which a
 * panel of the right matrix and a tile of the product lie at constant addresses, and its
 * loops are written out. V8 pairs accesses to a module's first memory only: that is the
 * own one; the kernels' is the second. AssemblyScript knows one memory: this is
 * WebAssembly. It may go when Deno has V8's trap handler, which needs no checks.
 *
 * @module
 */

import { assemble, type Code, type WasmDefinition } from "./assemble.ts";
import {
  add,
  and,
  below,
  constant,
  either,
  equal,
  leadingZeros,
  multiply,
  repeat,
  select,
  shiftLeft,
  subtract,
  when,
} from "./instructions.ts";
import {
  clear,
  copyPanel,
  copyQuads,
  copyTile,
  increase,
  PARTIAL,
  TILE,
} from "./wide_memory.ts";
import {
  KEEP,
  type Kind,
  type Left,
  tile,
  tileParameters,
} from "./wide_tiles.ts";

/** Steps of the inner dimension that a function has written out. */
const steps = [64, 32, 16, 8, 4, 2, 1];

/** From so many steps on, sums that start at 0 have a function of their own. */
const leastFirst = 8;

/** Rows of a product whose sums there is room for; half of them for dot products. */
const MOST_ROWS = 512;

/**
 * The module's bytes. It imports `env.own`, a memory of one page that no one else has,
 * and `env.memory`, the kernels', and exports `productRows`, `productColumns` and
 * `dots`.
 */
export function wideProducts(): Uint8Array<ArrayBuffer> {
  const memories = [
    { name: "own", initial: 1, maximum: 1, isShared: false },
    { name: "memory", initial: 1, maximum: 65_536, isShared: true },
  ];
  return assemble(memories, [
    ...productOf("Rows"),
    ...productOf("Columns"),
    ...tilesOf("Dots"),
    dots,
    clear,
    copyTile("save", PARTIAL, TILE),
    copyTile("resume", TILE, PARTIAL),
    ...steps.map(copyPanel),
    ...steps.map(copyQuads),
  ]);
}

function productOf(left: Left): WasmDefinition[] {
  return [...tilesOf(left), product(left)];
}

function tilesOf(kind: Kind): WasmDefinition[] {
  const written: Code[] = [];
  const tiles = steps.flatMap((count) => [
    tile(kind, count, false, written),
    ...count < leastFirst ? [] : [tile(kind, count, true, written)],
    pass(kind, count),
  ]);
  return [...tiles, stripe(kind)];
}

/** All tiles of some steps, one below the other. */
function pass(kind: Kind, count: number): WasmDefinition {
  const rowsOfTile = kind === "Dots" ? 2 : 4;
  return {
    name: `pass${kind}${count}`,
    parameters: [...tileParameters, "aTile", "rows", "isFirst"],
    numbers: ["partial"],
    body(names) {
      const { call, get, set, tee } = names;
      const given = tileParameters.map(get);
      const next = call(`next${kind}${count}`, ...given);
      const first = count < leastFirst
        ? [call("clear"), next]
        : call(`first${kind}${count}`, ...given);
      const partial = get("partial");
      return repeat(
        [
          either(get("isFirst"), first, [call("resume", partial), next]),
          when(equal(get("mode"), constant(KEEP)), call("save", partial)),
          increase(names, "a", get("aTile")),
          increase(names, "c", multiply(get("row"), constant(4))),
          set("partial", add(partial, constant(256))),
        ],
        tee("rows", subtract(get("rows"), constant(rowsOfTile))),
      );
    },
  };
}

/** A panel's products, by as many steps at once as there are functions for. */
function stripe(kind: Kind): WasmDefinition {
  const [most] = steps;
  const copy = kind === "Dots" ? "copyQuads" : "copyPanel";
  return {
    name: `stripe${kind}`,
    parameters: ["a", "aRow", "aTile", "aStep", "b", "bRow", "bStep", "c"]
      .concat("row", "rows", "inner", "adds"),
    numbers: ["hasSums", "count", "mode"],
    body(names) {
      const { call, get, set } = names;
      const inner = get("inner"), count = get("count");
      const power = subtract(constant(31), leadingZeros(inner));
      const mode = select(inner, constant(KEEP), add(get("adds"), constant(1)));
      const passes = steps.map((each) =>
        when(equal(count, constant(each)), [
          call(`${copy}${each}`, get("b"), get("bRow")),
          call(
            `pass${kind}${each}`,
            ...["a", "aRow", "c", "row", "mode", "aTile", "rows"].map(get),
            equal(get("hasSums"), constant(0)),
          ),
        ])
      );
      return repeat([
        set(
          "count",
          select(
            below(inner, constant(most)),
            shiftLeft(constant(1), power),
            constant(most),
          ),
        ),
        set("inner", subtract(inner, count)),
        set("mode", mode),
        passes,
        increase(names, "a", multiply(count, get("aStep"))),
        increase(names, "b", multiply(count, get("bStep"))),
        set("hasSums", constant(1)),
      ], inner);
    },
  };
}

/** A product: blocks of rows, and stripes of each. */
function product(left: Left): WasmDefinition {
  return {
    name: `product${left}`,
    isExported: true,
    parameters: ["a", "aRow", "b", "c", "row", "rows", "inner", "columns"]
      .concat("adds"),
    numbers: ["at", "end", "count"],
    body(names) {
      const { call, get, set, tee } = names;
      const aRow = get("aRow"), count = get("count"), rows = get("rows");
      const most = constant(MOST_ROWS), element = constant(4);
      const [aTile, aStep, aBlock] = left === "Rows"
        ? [multiply(aRow, element), element, multiply(count, aRow)]
        : [constant(16), aRow, multiply(count, element)];
      const stripes = repeat(
        call(
          `stripe${left}`,
          get("a"),
          aRow,
          aTile,
          aStep,
          add(get("b"), get("at")),
          get("row"),
          get("row"),
          add(get("c"), get("at")),
          get("row"),
          count,
          get("inner"),
          get("adds"),
        ),
        below(tee("at", add(get("at"), constant(64))), get("end")),
      );
      return [
        set("end", and(multiply(get("columns"), element), constant(-64))),
        repeat([
          set("count", select(below(most, rows), most, rows)),
          set("at", constant(0)),
          stripes,
          increase(names, "a", aBlock),
          increase(names, "c", multiply(count, get("row"))),
        ], tee("rows", subtract(rows, count))),
      ];
    },
  };
}

/** Lanes of the dot products of some rows with 8 rows of the right matrix. */
const dots: WasmDefinition = {
  name: "dots",
  isExported: true,
  parameters: ["a", "aRow", "b", "bRow", "lanes", "rows", "quads"],
  body({ call, get }) {
    const quad = constant(16), lanesOfRow = constant(64);
    return call(
      "stripeDots",
      get("a"),
      get("aRow"),
      multiply(get("aRow"), constant(2)),
      quad,
      get("b"),
      get("bRow"),
      quad,
      get("lanes"),
      lanesOfRow,
      get("rows"),
      get("quads"),
      constant(0),
    );
  },
};
