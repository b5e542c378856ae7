import { type Workgroups, workgroupsFor } from "../kernel.ts";

/** Rows along one axis of a tensor `[outer, size, inner]`. */
export interface RowsShape {
  /** Elements of a row: the size of the axis. */
  readonly size: number;
  /** From one element of a row to the next: the product of the sizes after it. */
  readonly inner: number;
}

/** Invocations of a workgroup. */
const workgroupSize = 64;

/** How `lib/rows.wgsl` shares out `rows` rows. */
export function rowsDispatch({ inner, size }: RowsShape, rows: number): {
  constants: {
    size: number;
    inner: number;
    splits: number;
    workgroupSize: number;
  };
  workgroups: Workgroups;
  /** Iterations of an invocation through its elements, `passes` times. */
  iterations(passes: number): number;
} {
  // 8 elements are worth an invocation, unless there are enough without it.
  const most = Math.min(
    workgroupSize,
    size / 8,
    inner === 1 ? Infinity : 65536 / rows,
  );
  const splits = 2 ** Math.max(0, Math.floor(Math.log2(most)));
  return {
    constants: { size, inner, splits, workgroupSize },
    workgroups: workgroupsFor(rows * splits, workgroupSize),
    iterations: (passes) =>
      passes * (Math.ceil(size / splits) + Math.log2(splits)),
  };
}

/** Where the row `index` starts. For references. */
export function rowStart({ inner, size }: RowsShape, index: number): number {
  const before = Math.floor(index / inner);
  return before * size * inner + index - before * inner;
}
