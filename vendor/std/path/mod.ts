/**
 * `jsr:@std/path` for machines that reach npm only: the same code, as the npm
 * package `deno-std` carries it, with declarations for what this project uses.
 *
 * @module
 */

// @ts-types="./types.d.ts"
export {
  basename,
  dirname,
  fromFileUrl,
  isAbsolute,
  join,
  resolve,
  toFileUrl,
} from "npm:deno-std@1.4.0/path/mod.js";
