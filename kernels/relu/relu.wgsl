// max(x, 0) and its gradient.
//
// Numbers are handled as their bits, because WGSL leaves open what max() and
// comparisons make of NaN. As u32, the numbers from −0 down to −∞ are those
// from 0x80000000 to 0xff800000, and the numbers above 0 up to +∞ are those
// from 1 to 0x7f800000; NaN is in neither range.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(workgroupSize)
fn reluForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let bits = x[index];
    let negative = bits >= 0x80000000u && bits <= 0xff800000u;
    output[index] = select(bits, 0u, negative);
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<u32>;
@group(0) @binding(1) var<storage, read> rectified: array<u32>;
@group(0) @binding(2) var<storage, read_write> gradX: array<u32>;

@compute @workgroup_size(workgroupSize)
fn reluGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let bits = rectified[index];
    let negative = bits >= 0x80000000u && bits <= 0xff800000u;
    gradX[index] = select(gradOutput[index], 0u, bits == 0u || negative);
  }
}
