// Takes one more value into an average.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> value: array<f32>;
@group(0) @binding(1) var<storage, read> count: array<i32>;
@group(0) @binding(2) var<storage, read_write> average: array<f32>;

@compute @workgroup_size(workgroupSize)
fn cumulativeAverage(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&average)) {
    average[index] += (value[index] - average[index]) / f32(count[0]);
  }
}
