// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Every function that these files export is a kernel of the CPU device, called
// by its name. Its signature is `(args, thread, threads)`: see `lib/simd/run.ts`.
export * from "./conv_block.ts";
