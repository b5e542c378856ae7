// Adds a buffer to another, in place. One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> destination: array<f32>;

@compute @workgroup_size(workgroupSize)
fn accumulate(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&destination)) {
    destination[index] += source[index];
  }
}
