/**
 * `jsr:@std/cli` for machines that reach npm only: the same code, as the npm
 * package `deno-std` carries it, with declarations for what this project uses.
 *
 * @module
 */

// @ts-types="./types.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
export type { Args, ParseOptions } from "./types.d.ts";
