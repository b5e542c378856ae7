// RMSprop (Hinton, 2012), in PyTorch's order of operations: plain, centered, with
// momentum, and with both.
//
// One invocation updates one element.

// #import "lib/grid.wgsl"

override alpha: f32;
// 1 − alpha, taken in f64.
override rest: f32;
override eps: f32;
override momentum: f32;
override weightDecay: f32;

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> learningRate: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> squareAvg: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradAvg: array<f32>;
@group(0) @binding(5) var<storage, read_write> momentumBuffer: array<f32>;

fn slopeOf(index: u32) -> f32 {
  return gradient[index] + weightDecay * parameter[index];
}

// The mean of the squared gradient, one step on.
fn nextSquare(index: u32, slope: f32) -> f32 {
  let square = squareAvg[index] * alpha + rest * slope * slope;
  squareAvg[index] = square;
  return square;
}

// The variance of the gradient, one step on.
fn nextVariance(index: u32, slope: f32) -> f32 {
  let square = nextSquare(index, slope);
  let mean = gradAvg[index] * alpha + rest * slope;
  gradAvg[index] = mean;
  return square - mean * mean;
}

// The momentum, one step on.
fn nextMomentum(index: u32, direction: f32) -> f32 {
  let velocity = momentumBuffer[index] * momentum + direction;
  momentumBuffer[index] = velocity;
  return velocity;
}

@compute @workgroup_size(workgroupSize)
fn rmspropStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = slopeOf(index);
    let direction = slope / (sqrt(nextSquare(index, slope)) + eps);
    parameter[index] -= learningRate[0] * direction;
  }
}

@compute @workgroup_size(workgroupSize)
fn centeredStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = slopeOf(index);
    let direction = slope / (sqrt(nextVariance(index, slope)) + eps);
    parameter[index] -= learningRate[0] * direction;
  }
}

@compute @workgroup_size(workgroupSize)
fn momentumStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = slopeOf(index);
    let direction = slope / (sqrt(nextSquare(index, slope)) + eps);
    parameter[index] -= learningRate[0] * nextMomentum(index, direction);
  }
}

@compute @workgroup_size(workgroupSize)
fn centeredMomentumStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&parameter)) {
    let slope = slopeOf(index);
    let direction = slope / (sqrt(nextVariance(index, slope)) + eps);
    parameter[index] -= learningRate[0] * nextMomentum(index, direction);
  }
}
