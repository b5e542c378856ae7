// Gives every element of a buffer of f32 or i32 one value.
//
// The value comes as its 32 bits: an override constant of type f32 can be
// neither NaN nor infinite.
//
// One invocation writes one element.

// #import "lib/grid.wgsl"

override bits: u32;

@group(0) @binding(0) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(workgroupSize)
fn fill(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = bits;
  }
}
