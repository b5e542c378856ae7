// Adadelta (Zeiler, 2012), in PyTorch's order of operations.
//
// One invocation updates one element.

// #import "lib/grid.wgsl"

override rho: f32;
// 1 − rho, taken in f64.
override rest: f32;
override eps: f32;
override weightDecay: f32;

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> learningRate: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> squareAvg: array<f32>;
@group(0) @binding(4) var<storage, read_write> accDelta: array<f32>;

@compute @workgroup_size(workgroupSize)
fn adadeltaStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = gradient[index] + weightDecay * parameter[index];
    let square = squareAvg[index] * rho + rest * slope * slope;
    let delta = accDelta[index];
    let change = sqrt(delta + eps) / sqrt(square + eps) * slope;
    squareAvg[index] = square;
    accDelta[index] = delta * rho + rest * change * change;
    parameter[index] -= learningRate[0] * change;
  }
}
