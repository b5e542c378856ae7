// The largest element of each window and its gradient for llvmpipe, where windows
// are 2×2, side by side, and cover the image: one invocation makes what is of one
// window. Of equal elements the first is the largest, but the last NaN.

// #import "lib/grid.wgsl"
// #import "max_pool2d/_rank.wgsl"

override inWidth: u32;
override outHeight: u32;
override outWidth: u32;

@group(0) @binding(0) var<storage, read> xPairs: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;

@compute @workgroup_size(workgroupSize)
fn maxPool2dForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let row = index / outWidth;
    let pair = index + row * outWidth;
    let bits = vec4u(
      bitcast<vec2u>(xPairs[pair]),
      bitcast<vec2u>(xPairs[pair + outWidth]),
    );
    var largest = bits.x;
    var rank = rankOf(bits.x);
    var place = 0u;
    let ranks = vec4u(0, rankOf(bits.y), rankOf(bits.z), rankOf(bits.w));
    if (ranks.y > rank || ranks.y == rankOfNaN) {
      largest = bits.y;
      rank = ranks.y;
      place = 1;
    }
    if (ranks.z > rank || ranks.z == rankOfNaN) {
      largest = bits.z;
      rank = ranks.z;
      place = inWidth;
    }
    if (ranks.w > rank || ranks.w == rankOfNaN) {
      largest = bits.w;
      place = inWidth + 1;
    }
    output[index] = largest;
    indices[index] = i32(firstOf(index, row) + place);
  }
}

// In its plane, the first element of a window of two rows and columns.
fn firstOf(index: u32, row: u32) -> u32 {
  return row % outHeight * 2 * inWidth + (index - row * outWidth) * 2;
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> largestAt: array<i32>;
@group(0) @binding(2) var<storage, read_write> gradPairs: array<vec2f>;

@compute @workgroup_size(workgroupSize)
fn maxPool2dGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradOutput)) {
    let row = index / outWidth;
    let pair = index + row * outWidth;
    let gradient = vec2f(gradOutput[index]);
    let place = vec2i(largestAt[index] - i32(firstOf(index, row)));
    let below = i32(inWidth);
    gradPairs[pair] = select(vec2f(), gradient, place == vec2i(0, 1));
    gradPairs[pair + outWidth] =
      select(vec2f(), gradient, place == vec2i(below, below + 1));
  }
}
