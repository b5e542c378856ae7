// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Functions of one operand, element by element, and their gradients. A part is
// an unbroken range of the elements.

import { partStartBy4 } from "./parts.ts";
import { loadUpTo4, storeUpTo4 } from "./up_to_4.ts";

@unmanaged
export class MapArgs {
  x: usize;
  output: usize;
  length: i32;
}

/**
 * `output = value(x)`.
 *
 * @param Operation A class with `value(x: v128): v128`.
 */
export function mapPart<Operation>(
  args: MapArgs,
  part: i32,
  parts: i32,
): void {
  const operation = changetype<Operation>(0);
  const x = args.x;
  const output = args.output;
  const end = partStartBy4(args.length, part + 1, parts);
  let i = partStartBy4(args.length, part, parts);
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    v128.store(output + at, operation.value(v128.load(x + at)));
  }
  if (i == end) return;
  const at: usize = i << 2;
  const value = operation.value(loadUpTo4(x + at, end - i));
  storeUpTo4(output + at, value, end - i);
}

@unmanaged
export class GradientOfInputArgs {
  gradOutput: usize;
  x: usize;
  gradX: usize;
  length: i32;
}

@unmanaged
export class GradientOfOutputArgs {
  gradOutput: usize;
  output: usize;
  gradX: usize;
  length: i32;
}

/**
 * `gradX = gradient(gradOutput, saved)`.
 *
 * @param Operation A class with `gradient(g: v128, saved: v128): v128`.
 * @param saved The operand, or the output, whichever the gradient is made of.
 */
export function gradientPart<Operation>(
  gradOutput: usize,
  saved: usize,
  gradX: usize,
  length: i32,
  part: i32,
  parts: i32,
): void {
  const operation = changetype<Operation>(0);
  const end = partStartBy4(length, part + 1, parts);
  let i = partStartBy4(length, part, parts);
  for (; i + 4 <= end; i += 4) {
    const at: usize = i << 2;
    const gradient = operation.gradient(
      v128.load(gradOutput + at),
      v128.load(saved + at),
    );
    v128.store(gradX + at, gradient);
  }
  if (i == end) return;
  const at: usize = i << 2;
  const gradient = operation.gradient(
    loadUpTo4(gradOutput + at, end - i),
    loadUpTo4(saved + at, end - i),
  );
  storeUpTo4(gradX + at, gradient, end - i);
}
