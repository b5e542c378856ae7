// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/** Bytes of what is drawn for a row: `DRAWS_PER_ROW` of `draws.ts` f32. */
const DRAWS: usize = 44;

/** The random numbers of an image of the batch; a row that is not there traps. */
export function drawOf(
  draws: usize,
  cursor: usize,
  image: i32,
  rows: u32,
): usize {
  const row = load<u32>(cursor) + image;
  if (row >= rows) unreachable();
  return draws + row * DRAWS;
}
