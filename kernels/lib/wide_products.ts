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

import {
  assemble,
  type Code,
  type WasmDefinition,
  type WasmNames,
} from "./assemble.ts";
import {
  add,
  addVectors,
  and,
  below,
  constant,
  either,
  equal,
  lanesOf,
  leadingZeros,
  load,
  loadLanes,
  madd,
  multiply,
  type Place,
  repeat,
  select,
  shiftLeft,
  store,
  subtract,
  when,
  zeros,
} from "./instructions.ts";

/** Rows of a tile, and its vectors of 4 columns. */
const four = [0, 1, 2, 3];

/** Steps of the inner dimension that a function has written out. */
const steps = [64, 32, 16, 8, 4, 2, 1];

/** From so many steps on, sums that start at 0 have a function of their own. */
const leastFirst = 8;

/** Where things lie in the own memory: a tile, a panel, and sums to go on with. */
const TILE = 0, PANEL = 256, PARTIAL = 16_384;

/** Rows of a product whose sums there is room for; half of them for dot products. */
const MOST_ROWS = 512;

/** What a tile does with its sums: keeps them, stores them in c, or adds them to c. */
const KEEP = 0, STORE = 1;

/** How the left matrix lies: `[rows, inner]`, or `[inner, rows]`. */
type Left = "Rows" | "Columns";

/** The kinds of tiles: of products, and of dot products of rows, four by four. */
type Kind = Left | "Dots";

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
  const tiles = steps.flatMap((count) => [
    tile(kind, count, false),
    ...count < leastFirst ? [] : [tile(kind, count, true)],
    pass(kind, count),
  ]);
  return [...tiles, stripe(kind)];
}

const own = (at: Code, offset: number): Place => ({ memory: 0, at, offset });
const shared = (at: Code, offset: number): Place => ({ memory: 1, at, offset });

/** A place whose address V8 knows: no check of bounds. */
const fixed = (offset: number): Place => own(constant(0), offset);

type Get = WasmNames["get"];

const increase = ({ get, set }: WasmNames, local: string, by: Code): Code =>
  set(local, add(get(local), by));

/** Rows and vectors of a tile. */
const entries = four.flatMap((row) =>
  four.map((vector) => ({
    row,
    vector,
    sum: `sum${row}${vector}`,
    place: fixed(TILE + 64 * row + 16 * vector),
  }))
);

const tileParameters = ["a", "aRow", "c", "row", "mode"];

/**
 * Adds `count` products to each of 64 sums, which are in the own memory, or 0 at first.
 * They end there, so that V8 sees pairs, and in c.
 */
function tile(kind: Kind, count: number, isFirst: boolean): WasmDefinition {
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
      const written = Array.from(
        { length: count },
        (_, step) =>
          isDots ? quadStep(step, names) : step4x16(kind, count, step, names),
      );
      const ends = entries.map(({ place, sum }) => store(place, get(sum)));
      return [starts, written, ends, isDots ? putLanes(names) : put(names)];
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

/** A tile of zeros. */
const clear: WasmDefinition = {
  name: "clear",
  parameters: [],
  body: () => entries.map(({ place }) => store(place, zeros)),
};

/** Copies a tile to the sums that wait for more, or from them. */
function copyTile(name: string, to: number, from: number): WasmDefinition {
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
function copyPanel(count: number): WasmDefinition {
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
function copyQuads(count: number): WasmDefinition {
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
