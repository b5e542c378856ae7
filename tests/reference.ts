/**
 * Every operation and its gradients as plain loops in f64: what each device's
 * kernels are compared with. Arguments as in the device contract, inputs
 * first, then the shape; results are returned, and no argument is changed.
 *
 * Checked against central differences and against PyTorch.
 *
 * @module
 */

export * from "./reference/random.ts";
export * from "./reference/run.ts";
export * from "./reference/shapes.ts";
