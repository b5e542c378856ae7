/**
 * The kernels in plain TypeScript: the CPU device's own, and the measure of
 * every faster one.
 *
 * @module
 */

export {};
