// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Matrix products of the second module, which V8 makes vectors of 256 bits of, see
// `wide_products.ts`. They compute all columns but the last `columns % 16`: `c = a · b`,
// or `c += a · b`, b `[inner, columns]`, c `[rows, columns]`, each of their rows `row`
// bytes after the one before. rows is a multiple of 4, the others are at least 1. Each
// sum starts at 0 and runs over inner in order; then it is added to c, or stored. They
// are imports from `wide`, which is this file's name.

/** Whether the second module is there: without it no product must be called. */
export declare const isWide: i32;

/** a is `[rows, inner]`, each row `aRow` bytes after the one before. */
export declare function productRows(
  a: usize,
  aRow: usize,
  b: usize,
  c: usize,
  row: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  adds: bool,
): void;

/** a is `[inner, rows]`, each of inner's `aRow` bytes after the one before. */
export declare function productColumns(
  a: usize,
  aRow: usize,
  b: usize,
  c: usize,
  row: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  adds: bool,
): void;

/**
 * Dot products, not summed up yet: lanes `[rows / 2, 2, 8, 4]` of rows of a with 8 rows
 * of b, each `aRow` or `bRow` bytes after the one before. rows is even, at most 256. Each
 * lane's sum starts at 0 and runs over the quads of the rows in order.
 */
export declare function dots(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  lanes: usize,
  rows: i32,
  quads: i32,
): void;
