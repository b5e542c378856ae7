// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/**
 * A constant of a table in memory, which `memory.data` makes, in all four lanes. An
 * engine loads it in one instruction, and keeps it in a loop; a constant of the
 * program it makes anew wherever it is used, in three.
 */
export function constant(table: usize, index: i32): v128 {
  return v128.load32_splat(table + (<usize> index << 2));
}
