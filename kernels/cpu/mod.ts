// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Every function that these files export is a kernel of the CPU device, called
// by its name. Its signature is `(args, thread, threads)`: see `_run.ts`.
export * from "./elementwise.ts";
export * from "./relu.ts";

export { lead, leave, serve, solo } from "./_run.ts";
