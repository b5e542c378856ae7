// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Functions of two operands, element by element, of which each may be broadcast.

import { partStartBy4 } from "./parts.ts";
import { loadUpTo4, storeUpTo4 } from "./up_to_4.ts";

@unmanaged
export class BroadcastArgs {
  left: usize;
  right: usize;
  /** For each axis size and both strides, the innermost first; or null. */
  axes: usize;
  output: usize;
  length: i32;
  /** Words of the axes. */
  axisWords: i32;
  /** Whether an operand has an element for each of the output. */
  leftIsWhole: i32;
  /** The same; an operand that has not, and no axes either, has one element. */
  rightIsWhole: i32;
}

/**
 * `output = value(left, right)` for a part of the elements. The innermost axes
 * along which each operand goes on without a gap, or stays where it is, are one
 * run; where a run starts is worked out from the other axes.
 *
 * @param Operation A class with `value(left: v128, right: v128): v128`.
 */
export function broadcastPart<Operation>(
  args: BroadcastArgs,
  part: i32,
  parts: i32,
): void {
  const length = args.length;
  const leftIsWhole = args.leftIsWhole != 0;
  const rightIsWhole = args.rightIsWhole != 0;
  const end = args.axes + (<usize> args.axisWords << 2);
  let outer = args.axes;
  let run: i32 = 1;
  let leftStep: i32 = leftIsWhole ? 1 : 0;
  let rightStep: i32 = rightIsWhole ? 1 : 0;
  if (args.axisWords == 0 || (leftIsWhole && rightIsWhole)) {
    run = length;
    outer = end;
  }
  for (; outer < end; outer += 12) {
    const size = load<i32>(outer);
    if (size == 1) continue;
    const left = leftIsWhole ? run : load<i32>(outer, 4);
    const right = rightIsWhole ? run : load<i32>(outer, 8);
    if (run == 1) {
      leftStep = left;
      rightStep = right;
    } else if (left != leftStep * run || right != rightStep * run) break;
    run *= size;
  }
  let at = partStartBy4(length, part, parts);
  const stop = partStartBy4(length, part + 1, parts);
  while (at < stop) {
    const row = at / run;
    const inRow = at - row * run;
    const count = min(run - inRow, stop - at);
    let left: i32 = leftIsWhole ? row * run : 0;
    let right: i32 = rightIsWhole ? row * run : 0;
    let rest = row;
    for (let axis = outer; axis < end; axis += 12) {
      const size = load<i32>(axis);
      const coordinate = rest % size;
      rest /= size;
      if (!leftIsWhole) left += coordinate * load<i32>(axis, 4);
      if (!rightIsWhole) right += coordinate * load<i32>(axis, 8);
    }
    runOf<Operation>(
      args.left + (<usize> (left + inRow * leftStep) << 2),
      leftStep != 0,
      args.right + (<usize> (right + inRow * rightStep) << 2),
      rightStep != 0,
      args.output + (<usize> at << 2),
      count,
    );
    at += count;
  }
}

/** A run, in which an operand goes on or stays where it is. */
function runOf<Operation>(
  left: usize,
  leftGoesOn: bool,
  right: usize,
  rightGoesOn: bool,
  output: usize,
  count: i32,
): void {
  const operation = changetype<Operation>(0);
  const a = v128.load32_splat(left);
  const b = v128.load32_splat(right);
  let i = 0;
  if (leftGoesOn && rightGoesOn) {
    for (; i + 4 <= count; i += 4) {
      const at: usize = i << 2;
      const value = operation.value(
        v128.load(left + at),
        v128.load(right + at),
      );
      v128.store(output + at, value);
    }
  } else if (leftGoesOn) {
    for (; i + 4 <= count; i += 4) {
      const at: usize = i << 2;
      v128.store(output + at, operation.value(v128.load(left + at), b));
    }
  } else {
    for (; i + 4 <= count; i += 4) {
      const at: usize = i << 2;
      const value = rightGoesOn ? v128.load(right + at) : b;
      v128.store(output + at, operation.value(a, value));
    }
  }
  if (i == count) return;
  const at: usize = i << 2;
  const value = operation.value(
    leftGoesOn ? loadUpTo4(left + at, count - i) : a,
    rightGoesOn ? loadUpTo4(right + at, count - i) : b,
  );
  storeUpTo4(output + at, value, count - i);
}
