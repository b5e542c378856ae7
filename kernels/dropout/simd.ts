// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Dropout, element by element or area by area, any shape. Seed, draw and index
// alone decide what is dropped. A part computes an unbroken range of the elements.

import { partStart } from "../lib/simd/parts.ts";
import { pcg3d } from "../lib/simd/pcg3d.ts";

@unmanaged
export class DropoutArgs {
  x: usize;
  state: usize;
  mask: usize;
  output: usize;
  length: i32;
  /** Neighbouring elements that are dropped together. */
  area: i32;
  /** They are dropped if their hash is below this. */
  threshold: u32;
  factor: f32;
}

/** Draws a mask of 0 and `factor`, and applies it. */
export function dropoutForward(args: DropoutArgs, part: i32, parts: i32): void {
  const x = args.x;
  const mask = args.mask;
  const output = args.output;
  const area = args.area;
  const threshold = args.threshold;
  const factor = args.factor;
  const draws = load<u32>(args.state);
  const seed = load<u32>(args.state, 4);
  const end = partStart(args.length, part + 1, parts);
  for (let i = partStart(args.length, part, parts); i < end; i++) {
    const at: usize = i << 2;
    const index = area == 1 ? i : i / area;
    const scale: f32 = pcg3d(index, draws, seed) < threshold ? 0 : factor;
    store<f32>(mask + at, scale);
    store<f32>(output + at, load<f32>(x + at) * scale);
  }
}
