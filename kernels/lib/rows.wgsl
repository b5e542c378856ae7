// Rows of numbers along one axis of a tensor [outer, size, inner]. `splits`
// invocations of a workgroup share a row: each has the elements at its own index,
// that plus `splits` and so on. Where elements of a row lie apart, neighbouring
// invocations have neighbouring rows instead.

// #import "lib/grid.wgsl"

struct Rows {
  size: u32,
  // From one element of a row to the next.
  inner: u32,
  // A power of two, at most workgroupSize.
  splits: u32,
}

@group(0) @binding(8) var<uniform> sizes: Rows;

struct Row {
  index: u32,
  // Where its first element is.
  start: u32,
  // Which of its invocations this is, and the first of them in the workgroup.
  split: u32,
  first: u32,
}

fn rowAt(index: u32) -> Row {
  let inner = sizes.inner;
  return Row(index, index / inner * sizes.size * inner + index % inner, 0u, 0u);
}

// Beyond the last row an invocation reads the last one again.
fn rowOf(item: u32, local: u32, rows: u32) -> Row {
  var row = rowAt(min(item / sizes.splits, rows - 1u));
  row.index = item / sizes.splits;
  row.split = item % sizes.splits;
  row.first = local - row.split;
  return row;
}
