// The mean of each window and its gradient for llvmpipe, where windows are 2×2, side
// by side, and cover the image: one invocation makes what is of one window, adding
// row by row.

// #import "lib/grid.wgsl"

override outWidth: u32;

@group(0) @binding(0) var<storage, read> xPairs: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn avgPool2dForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let pair = index + index / outWidth * outWidth;
    let upper = xPairs[pair];
    let lower = xPairs[pair + outWidth];
    output[index] = (upper.x + upper.y + lower.x + lower.y) / 4;
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradPairs: array<vec2f>;

@compute @workgroup_size(workgroupSize)
fn avgPool2dGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradOutput)) {
    let pair = index + index / outWidth * outWidth;
    let share = vec2f(gradOutput[index] / 4);
    gradPairs[pair] = share;
    gradPairs[pair + outWidth] = share;
  }
}
