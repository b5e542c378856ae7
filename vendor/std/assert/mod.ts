/**
 * `jsr:@std/assert` for machines that reach npm only: the same code, as the
 * npm package `deno-std` carries it, with declarations for what this project
 * uses.
 *
 * @module
 */

// @ts-types="./types.d.ts"
export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "npm:deno-std@1.4.0/assert/mod.js";
