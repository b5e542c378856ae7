// Adam (Kingma and Ba, 2015), in PyTorch's order of operations.

override workgroupSize: u32;
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

@group(0) @binding(0) var<storage, read_write> next: State;

// One invocation counts the step.
@compute @workgroup_size(1)
fn adamAdvance() {
  next.correction1 = beta1 * next.correction1 + rest1;
  next.correction2 = beta2 * next.correction2 + rest2;
  next.steps += 1;
}

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> expAvg: array<f32>;
@group(0) @binding(4) var<storage, read_write> expAvgSq: array<f32>;

// One invocation moves one element. Workgroups that do not fit in one row of
// the grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn adamStep(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&parameter)) {
    let slope = gradient[index] + weightDecay * parameter[index];
    let moment = expAvg[index] * beta1 + rest1 * slope;
    let squares = expAvgSq[index] * beta2 + rest2 * slope * slope;
    let stepSize = state.learningRate / state.correction1;
    let denominator = sqrt(squares) / sqrt(state.correction2) + eps;
    expAvg[index] = moment;
    expAvgSq[index] = squares;
    parameter[index] -= stepSize * moment / denominator;
  }
}

@group(0) @binding(0) var<storage, read> rate: State;
@group(0) @binding(1) var<storage, read_write> decaying: array<f32>;

// One invocation decays one element, as AdamW does before the step.
@compute @workgroup_size(workgroupSize)
fn adamDecay(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&decaying)) {
    decaying[index] *= 1 - rate.learningRate * weightDecay;
  }
}
