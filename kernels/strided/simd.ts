// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Copies words of 32 bits from places to others. A part is an unbroken range of
// rows, which run along the innermost axis.

import { partStart } from "../lib/simd/parts.ts";

@unmanaged
export class StridedCopyArgs {
  source: usize;
  /** As `strided.ts` writes them. */
  axes: usize;
  /** How many words `axes` has. */
  words: i32;
  destination: usize;
  count: i32;
}

/** `destination[…] = source[…]`, at the places that `axes` gives. */
export function stridedCopy(
  args: StridedCopyArgs,
  part: i32,
  parts: i32,
): void {
  const axes = args.axes;
  const axesEnd = axes + (<usize> args.words << 2);
  const sourceStart = args.source + (<usize> load<u32>(axes, 4) << 2);
  const destinationStart = args.destination + (<usize> load<u32>(axes, 8) << 2);
  const hasAxis = args.words > 3;
  const size: i32 = hasAxis ? load<i32>(axes, 12) : 1;
  const sourceStep: usize = hasAxis ? <usize> load<u32>(axes, 16) << 2 : 0;
  const destinationStep: usize = hasAxis ? <usize> load<u32>(axes, 20) << 2 : 0;
  const areRows = sourceStep == 4 && destinationStep == 4;
  const rows = args.count / size;
  const end = partStart(rows, part + 1, parts);
  for (let row = partStart(rows, part, parts); row < end; row++) {
    let source = sourceStart;
    let destination = destinationStart;
    let rest = <u32> row;
    for (let axis = axes + 24; axis < axesEnd; axis += 12) {
      const own = load<u32>(axis);
      const coordinate = rest % own;
      rest /= own;
      source += <usize> (coordinate * load<u32>(axis, 4)) << 2;
      destination += <usize> (coordinate * load<u32>(axis, 8)) << 2;
    }
    if (areRows) {
      memory.copy(destination, source, <usize> size << 2);
      continue;
    }
    for (let i = 0; i < size; i++) {
      store<u32>(destination, load<u32>(source));
      source += sourceStep;
      destination += destinationStep;
    }
  }
}
