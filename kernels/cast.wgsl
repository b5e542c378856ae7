// Elements as they are stored elsewhere: f32 in f16, rounded to the nearest, or
// back.
//
// One invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.

override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> input: array<From>;
@group(0) @binding(1) var<storage, read_write> output: array<To>;

@compute @workgroup_size(workgroupSize)
fn castElements(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    output[index] = To(input[index]);
  }
}
