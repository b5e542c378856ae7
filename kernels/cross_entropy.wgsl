// Cross-entropy of logits [batch, classes] and labels [batch], which may be
// smoothed, and its gradient.

override batch: u32;
override classes: u32;
override workgroupSize: u32;
// Share of the target that is spread evenly over the classes.
override labelSmoothing: f32;

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<u32>;

var<workgroup> partial: array<f32, workgroupSize>;
var<workgroup> wrongLabel: atomic<u32>;

// One workgroup: each invocation makes the rows at its own index, that plus
// workgroupSize and so on, and adds their losses in this order. Then the first
// half of the invocations adds the sums of the second half to its own, and so
// on by halves.
@compute @workgroup_size(workgroupSize)
fn crossEntropyForward(@builtin(local_invocation_index) local: u32) {
  var total = 0.0;
  for (var row = local; row < batch; row += workgroupSize) {
    total += rowLoss(row);
  }
  partial[local] = total;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0) {
    // NaN as its bits: WGSL has no constant for it, and lets compilers assume
    // that it does not occur.
    let mean = bitcast<u32>(partial[0] / f32(batch));
    loss[0] = select(mean, 0x7fc00000u, atomicLoad(&wrongLabel) > 0);
  }
}

// Writes the probabilities of a row and gives its −log probability of the
// label. The largest logit is taken off all, so that no exp() overflows; the
// sums run over the columns in their order.
fn rowLoss(row: u32) -> f32 {
  let start = row * classes;
  var largest = logits[start];
  for (var column = 1u; column < classes; column++) {
    largest = max(largest, logits[start + column]);
  }
  var sum = 0.0;
  var scores = 0.0;
  for (var column = 0u; column < classes; column++) {
    let score = logits[start + column] - largest;
    sum += exp(score);
    scores += score;
  }
  for (var column = 0u; column < classes; column++) {
    probabilities[start + column] = exp(logits[start + column] - largest) / sum;
  }
  let label = labels[row];
  if (label < 0 || label >= i32(classes)) {
    atomicStore(&wrongLabel, 1);
    return 0;
  }
  let own = (1 - labelSmoothing) * (logits[start + u32(label)] - largest);
  return log(sum) - (own + labelSmoothing * scores / f32(classes));
}

@group(0) @binding(0) var<storage, read> gradLoss: array<f32>;
@group(0) @binding(1) var<storage, read> softmax: array<f32>;
@group(0) @binding(2) var<storage, read> rowLabels: array<i32>;
@group(0) @binding(3) var<storage, read_write> gradLogits: array<f32>;

// One invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn crossEntropyGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < batch * classes) {
    let isLabel = i32(index % classes) == rowLabels[index / classes];
    let own = select(0.0, 1 - labelSmoothing, isLabel);
    let difference = softmax[index] - (own + labelSmoothing / f32(classes));
    gradLogits[index] = gradLoss[0] * difference / f32(batch);
  }
}
