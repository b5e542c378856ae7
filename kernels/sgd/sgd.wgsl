// Stochastic gradient descent, with momentum and without, in PyTorch's order of
// operations.
//
// One invocation updates one element.

// #import "lib/grid.wgsl"

override weightDecay: f32;
override momentum: f32;
// 1 − dampening.
override rest: f32;
override nesterov: bool;

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> learningRate: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> momentumBuffer: array<f32>;

@compute @workgroup_size(workgroupSize)
fn sgdStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = gradient[index] + weightDecay * parameter[index];
    parameter[index] -= learningRate[0] * slope;
  }
}

@compute @workgroup_size(workgroupSize)
fn sgdMomentumStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = gradient[index] + weightDecay * parameter[index];
    let velocity = momentum * momentumBuffer[index] + rest * slope;
    momentumBuffer[index] = velocity;
    let direction = select(velocity, slope + momentum * velocity, nesterov);
    parameter[index] -= learningRate[0] * direction;
  }
}
