// Copies a buffer of any type, as words of 32 bits: f32 and i32 are one, four
// u8 are one. Words keep their bits, NaN included.
//
// One invocation copies one word, or four.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(workgroupSize)
fn copy(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = source[index];
  }
}

@group(0) @binding(0) var<storage, read> sourceFours: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> outputFours: array<vec4u>;

@compute @workgroup_size(workgroupSize)
fn copyFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&outputFours)) {
    outputFours[index] = sourceFours[index];
  }
}
