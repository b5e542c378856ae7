// x where it is above 0, slope · x elsewhere; and its gradient.
//
// One invocation makes one element. NaN is compared by its bits, since WGSL
// leaves open what comparisons make of it: it is not above 0.

// #import "lib/grid.wgsl"

override slope: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

// As u32, the numbers above 0 are those from 1 to +∞.
fn isPositive(value: f32) -> bool {
  let bits = bitcast<u32>(value);
  return bits > 0u && bits <= 0x7f800000u;
}

@compute @workgroup_size(workgroupSize)
fn leakyReluForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = select(slope * x[index], x[index], isPositive(x[index]));
  }
}

@group(0) @binding(1) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradX: array<f32>;

@compute @workgroup_size(workgroupSize)
fn leakyReluGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let g = gradOutput[index];
    gradX[index] = select(slope * g, g, isPositive(x[index]));
  }
}
