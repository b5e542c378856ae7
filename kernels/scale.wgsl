// A buffer times one number, which is in a buffer too: it may change from one
// replay of a captured step to the next.
//
// One invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.

override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn scale(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    output[index] = x[index] * factor[0];
  }
}
