// Cross-entropy of logits [batch, classes] and labels [batch], which may be
// smoothed, and its gradient by the logits. Losses and right rows of many batches
// are added up in `sums`.

override batch: u32;
override classes: u32;
override workgroupSize: u32;
// Share of the target that is spread evenly over the classes.
override labelSmoothing: f32;

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> gradLogits: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

// Loss and number of right rows, for each invocation.
var<workgroup> partial: array<vec2f, workgroupSize>;
var<workgroup> wrongLabel: atomic<u32>;

// One workgroup: each invocation makes the rows at its own index, that plus
// workgroupSize and so on, and adds their losses in this order. Then the first
// half of the invocations adds the sums of the second half to its own, and so
// on by halves.
@compute @workgroup_size(workgroupSize)
fn crossEntropy(@builtin(local_invocation_index) local: u32) {
  var total: vec2f;
  for (var row = local; row < batch; row += workgroupSize) {
    total += rowOf(row);
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
    let mean = bitcast<u32>(partial[0].x / f32(batch));
    loss[0] = select(mean, 0x7fc00000u, atomicLoad(&wrongLabel) > 0);
    sums[0] += bitcast<f32>(loss[0]);
    sums[1] += partial[0].y;
  }
}

// Writes the gradient of a row; gives its −log probability of the label, and 1
// where the largest logit is there. That is taken off all, so that no exp()
// overflows; the sums run over the columns in their order.
fn rowOf(row: u32) -> vec2f {
  let start = row * classes;
  let end = start + classes;
  let column = largestColumn(row);
  let largest = logits[start + column];
  let label = labels[row];
  var sum = 0.0;
  var scores = 0.0;
  for (var i = start; i < end; i++) {
    let score = logits[i] - largest;
    sum += exp(score);
    scores += score;
  }
  for (var i = start; i < end; i++) {
    let probability = exp(logits[i] - largest) / sum;
    let own = select(0.0, 1 - labelSmoothing, i32(i - start) == label);
    let difference = probability - (own + labelSmoothing / f32(classes));
    gradLogits[i] = difference / f32(batch);
  }
  if (label < 0 || label >= i32(classes)) {
    atomicStore(&wrongLabel, 1);
    return vec2f();
  }
  let own = (1 - labelSmoothing) * (logits[start + u32(label)] - largest);
  return vec2f(
    log(sum) - (own + labelSmoothing * scores / f32(classes)),
    select(0.0, 1.0, column == u32(label)),
  );
}

// The first of equals; NaN is above all, as in PyTorch.
fn largestColumn(row: u32) -> u32 {
  let start = row * classes;
  var largest = logits[start];
  var column = 0u;
  for (var i = start + 1; i < start + classes; i++) {
    let score = logits[i];
    if (!isNan(largest) && (isNan(score) || score > largest)) {
      largest = score;
      column = i - start;
    }
  }
  return column;
}

// By the bits: compilers may assume that x != x is false.
fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
