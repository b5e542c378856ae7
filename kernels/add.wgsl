// Sums of two buffers, element by element.
//
// One invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.

override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn add(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    output[index] = left[index] + right[index];
  }
}
