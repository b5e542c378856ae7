// Adam (Kingma and Ba, 2015), in PyTorch's order of operations.

// #import "lib/grid.wgsl"

override beta1: f32;
override beta2: f32;
// 1 − beta, taken in f64: in f32 it would lose four digits for beta2 = 0.999.
override rest1: f32;
override rest2: f32;
override eps: f32;
override weightDecay: f32;

struct State {
  learningRate: f32,
  // 1 − beta1ᵗ and 1 − beta2ᵗ.
  correction1: f32,
  correction2: f32,
  // t, the steps so far.
  steps: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
// A copy for each workgroup, which updates it; all take the first one's learning
// rate.
@group(0) @binding(1) var<storage, read_write> states: array<State>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> expAvg: array<f32>;
@group(0) @binding(4) var<storage, read_write> expAvgSq: array<f32>;

// One invocation updates one element, and counts the step for itself; the first
// of a workgroup stores the count.
@compute @workgroup_size(workgroupSize)
fn adamStep(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = itemOf(invocation, workgroups);
  let isElement = index < arrayLength(&parameter);
  var correction1: f32;
  var correction2: f32;
  if (isElement) {
    correction1 = beta1 * states[group].correction1 + rest1;
    correction2 = beta2 * states[group].correction2 + rest2;
    let slope = gradient[index] + weightDecay * parameter[index];
    let moment = expAvg[index] * beta1 + rest1 * slope;
    let squares = expAvgSq[index] * beta2 + rest2 * slope * slope;
    let stepSize = states[0].learningRate / correction1;
    let denominator = sqrt(squares) / sqrt(correction2) + eps;
    expAvg[index] = moment;
    expAvgSq[index] = squares;
    parameter[index] -= stepSize * moment / denominator;
  }
  // Until here, others of the workgroup may read the state.
  storageBarrier();
  if (isElement && local == 0) {
    states[group].correction1 = correction1;
    states[group].correction2 = correction2;
    states[group].steps += 1;
  }
}

@group(0) @binding(0) var<storage, read> gradientFours: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parameterFours: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> expAvgFours: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> expAvgSqFours: array<vec4f>;

// The same by fours of elements, where these are whole.
@compute @workgroup_size(workgroupSize)
fn adamStepFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = itemOf(invocation, workgroups);
  let isElement = index < arrayLength(&parameterFours);
  var correction1: f32;
  var correction2: f32;
  if (isElement) {
    correction1 = beta1 * states[group].correction1 + rest1;
    correction2 = beta2 * states[group].correction2 + rest2;
    let before = parameterFours[index];
    let slope = gradientFours[index] + weightDecay * before;
    let moment = expAvgFours[index] * beta1 + rest1 * slope;
    let squares = expAvgSqFours[index] * beta2 + rest2 * slope * slope;
    let stepSize = states[0].learningRate / correction1;
    let denominator = sqrt(squares) / sqrt(correction2) + eps;
    expAvgFours[index] = moment;
    expAvgSqFours[index] = squares;
    parameterFours[index] = before - stepSize * moment / denominator;
  }
  storageBarrier();
  if (isElement && local == 0) {
    states[group].correction1 = correction1;
    states[group].correction2 = correction2;
    states[group].steps += 1;
  }
}

@group(0) @binding(5) var<storage, read_write> maxExpAvgSq: array<f32>;

// The same with the largest second moment so far: AMSGrad.
@compute @workgroup_size(workgroupSize)
fn amsgradStep(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = itemOf(invocation, workgroups);
  let isElement = index < arrayLength(&parameter);
  var correction1: f32;
  var correction2: f32;
  if (isElement) {
    correction1 = beta1 * states[group].correction1 + rest1;
    correction2 = beta2 * states[group].correction2 + rest2;
    let slope = gradient[index] + weightDecay * parameter[index];
    let moment = expAvg[index] * beta1 + rest1 * slope;
    let squares = expAvgSq[index] * beta2 + rest2 * slope * slope;
    let largest = max(maxExpAvgSq[index], squares);
    let stepSize = states[0].learningRate / correction1;
    let denominator = sqrt(largest) / sqrt(correction2) + eps;
    expAvg[index] = moment;
    expAvgSq[index] = squares;
    maxExpAvgSq[index] = largest;
    parameter[index] -= stepSize * moment / denominator;
  }
  storageBarrier();
  if (isElement && local == 0) {
    states[group].correction1 = correction1;
    states[group].correction2 = correction2;
    states[group].steps += 1;
  }
}

@group(0) @binding(0) var<storage, read> state: State;
@group(0) @binding(1) var<storage, read_write> decaying: array<f32>;

// One invocation decays one element, as AdamW does before the step.
@compute @workgroup_size(workgroupSize)
fn adamDecay(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&decaying)) {
    decaying[index] *= 1 - state.learningRate * weightDecay;
  }
}
