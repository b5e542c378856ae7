// 1 in the column of each row's label, 0 in the others; NaN in all columns of a
// row whose label is no column.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

override classes: u32;

@group(0) @binding(0) var<storage, read> labels: array<i32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(workgroupSize)
fn oneHot(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    // As u32, a label below 0 is large.
    let label = u32(labels[index / classes]);
    let value = select(0u, bitcast<u32>(1.0f), label == index % classes);
    output[index] = select(value, 0x7fc00000u, label >= classes);
  }
}
