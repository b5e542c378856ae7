// Elements as they are stored elsewhere: f32 in f16, rounded to the nearest, or
// back. One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> x: array<From>;
@group(0) @binding(1) var<storage, read_write> output: array<To>;

@compute @workgroup_size(workgroupSize)
fn castElements(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = To(x[index]);
  }
}
