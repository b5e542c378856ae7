// Adds a buffer to another, in place. One invocation makes one element, or
// four.

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

@group(0) @binding(0) var<storage, read> sourceFours: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> destinationFours: array<vec4f>;

@compute @workgroup_size(workgroupSize)
fn accumulateFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&destinationFours)) {
    destinationFours[index] += sourceFours[index];
  }
}
