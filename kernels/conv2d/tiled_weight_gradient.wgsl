// The gradient of a convolution with respect to its weight for GPUs.

// #import "conv2d/_tiles.wgsl"

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> splits: array<f32>;

// Pixels of a split, a multiple of 32.
override pixelsPerSplit: u32;

// Fours of target channels and of indices k in a tile, and pixels at a time.
const gradientGroups = 8u;
const kQuads = 16u;
const pixelChunk = 32u;
// A column more than pixels at a time, so that neighbours lie in other banks.
const pitch = 33u;

var<workgroup> gradientTile: array<vec4f, gradientGroups * pitch>;
var<workgroup> windowTile: array<vec4f, kQuads * pitch>;

// The gradient with respect to the weight in splits, [splits, targetChannels, k]:
// each is the sum over some of the pixels in their order.
//
// One workgroup makes a tile of 32 target channels and 64 indices k of one split,
// an invocation four by four of them. Workgroups along x run over k, along y over
// target channels, along z over splits.
@compute @workgroup_size(invocations)
fn weightGradientSplits(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let firstK = workgroup.x * kQuads;
  let firstGroup = workgroup.y * gradientGroups;
  let begin = workgroup.z * pixelsPerSplit;
  let count = arrayLength(&gradOutput) / targetChannels;
  let end = min(begin + pixelsPerSplit, count);
  let own = local % pixelChunk;
  var sums: mat4x4f;
  for (var first = begin; first < end; first += pixelChunk) {
    let pixel = first + own;
    let windows = windowsOf(vec4u(pixel), end);
    for (var i = local / pixelChunk; i < gradientGroups; i += 4) {
      gradientTile[i * pitch + own] =
        gradientsAt(pixel, (firstGroup + i) * 4, end);
    }
    for (var i = local / pixelChunk; i < kQuads; i += 4) {
      windowTile[i * pitch + own] =
        seen(windows, (firstK + i) * 4 + vec4u(0, 1, 2, 3));
    }
    workgroupBarrier();
    for (var i = 0u; i < pixelChunk; i++) {
      sums += product(
        windowTile[local % kQuads * pitch + i],
        gradientTile[local / kQuads * pitch + i],
      );
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 16; i++) {
    let channel = (firstGroup + local / kQuads) * 4 + i / 4;
    let k = (firstK + local % kQuads) * 4 + i % 4;
    if (channel < targetChannels && k < depth) {
      let row = workgroup.z * targetChannels + channel;
      splits[row * depth + k] = sums[i / 4][i % 4];
    }
  }
}

fn product(a: vec4f, b: vec4f) -> mat4x4f {
  return mat4x4f(a * b.x, a * b.y, a * b.z, a * b.w);
}

// The gradients of four channels of a pixel.
fn gradientsAt(pixel: u32, channel: u32, end: u32) -> vec4f {
  let channels = channel + vec4u(0, 1, 2, 3);
  let known = min(pixel, end - 1);
  let at = (known / area * targetChannels +
    min(channels, vec4u(targetChannels - 1))) * area + known % area;
  let values = vec4f(
    gradOutput[at.x], gradOutput[at.y], gradOutput[at.z], gradOutput[at.w],
  );
  return select(vec4f(), values, vec4<bool>(pixel < end));
}
