// The column of the largest score in each row of scores [batch, classes], and
// in how many rows it is the label's.

// #import "lib/grid.wgsl"
// #import "lib/largest_column.wgsl"
// #import "lib/reduce.wgsl"

alias Partial = u32;

@group(0) @binding(1) var<storage, read_write> columns: array<i32>;

// One invocation makes one row.
@compute @workgroup_size(workgroupSize)
fn argmax(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let row = itemOf(invocation, workgroups);
  if (row < sizes.batch) {
    columns[row] = i32(largestColumn(row));
  }
}

@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> correct: array<f32>;

// One workgroup: each invocation counts in the rows at its own index, that plus
// workgroupSize and so on; `lib/reduce.wgsl` adds the counts.
@compute @workgroup_size(workgroupSize)
fn correctCount(@builtin(local_invocation_index) local: u32) {
  var own = 0u;
  for (var row = local; row < sizes.batch; row += workgroupSize) {
    own += select(0u, 1u, i32(largestColumn(row)) == labels[row]);
  }
  let count = sumOfWorkgroup(own, local);
  if (local == 0) {
    correct[0] = f32(count);
  }
}
