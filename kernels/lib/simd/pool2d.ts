// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

/** The sizes of a pooling of `[planes, inHeight, inWidth]`. */
@unmanaged
export class Pool2dArgs {
  planes: i32;
  inHeight: i32;
  inWidth: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  paddingHeight: i32;
  paddingWidth: i32;
}
