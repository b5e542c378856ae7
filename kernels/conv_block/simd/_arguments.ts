// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/** What a block in one pass is given, by either algorithm, but for its weights. */
@unmanaged
export class FusedBlockArgs {
  x: usize;
  /** What is added to the convolution, `[outChannels]`. */
  constant: usize;
  output: usize;
  /** Memory of part 0, and bytes from one part's memory to the next one's. */
  memory: usize;
  memoryStride: usize;
  batch: i32;
  inChannels: i32;
  outChannels: i32;
  inHeight: i32;
  inWidth: i32;
  outHeight: i32;
  outWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
}
