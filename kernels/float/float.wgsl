// Integers as f32, to the nearest. One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> x: array<i32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn floatOfIntegers(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = f32(x[index]);
  }
}
