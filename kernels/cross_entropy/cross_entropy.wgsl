// Cross-entropy of logits [batch, classes], here called scores, and labels
// [batch], which may be smoothed, and its gradient with respect to the logits.
// Losses and correct predictions of many batches are added up in `sums`.

// #import "lib/largest_column.wgsl"
// #import "lib/reduce.wgsl"

// Loss, and number of correct predictions.
alias Partial = vec2f;

// Share of the target that is spread evenly over the classes.
override labelSmoothing: f32;

@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> gradLogits: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;
// As in `check_labels.wgsl`.
@group(0) @binding(5) var<storage, read_write> fault: array<i32>;

// How far the first row whose label is no class lies from the end; 0 for none.
var<workgroup> wrongLabel: atomic<u32>;

// One workgroup: each invocation makes the rows at its own index, that plus
// workgroupSize and so on, and adds their losses in this order;
// `lib/reduce.wgsl` adds the sums of the invocations.
@compute @workgroup_size(workgroupSize)
fn crossEntropy(@builtin(local_invocation_index) local: u32) {
  var own: vec2f;
  for (var row = local; row < sizes.batch; row += workgroupSize) {
    own += rowOf(row);
  }
  let total = sumOfWorkgroup(own, local);
  if (local == 0) {
    // NaN as its bits: WGSL has no constant for it, and lets compilers assume
    // that it does not occur.
    let mean = bitcast<u32>(total.x / f32(sizes.batch));
    loss[0] = select(mean, 0x7fc00000u, atomicLoad(&wrongLabel) > 0);
    sums[0] += bitcast<f32>(loss[0]);
    sums[1] += total.y;
    noteFault(atomicLoad(&wrongLabel));
  }
}

fn noteFault(distance: u32) {
  if (distance > 0 && fault[0] == 0) {
    let row = sizes.batch - distance;
    fault[0] = i32(row) + 1;
    fault[1] = labels[row];
    fault[2] = i32(sizes.classes);
    fault[3] = 1;
  }
}

// Writes the gradient of a row; gives its −log probability of the label, and 1
// where the largest logit is there. That is taken off all, so that no exp()
// overflows; the sums run over the columns in their order.
fn rowOf(row: u32) -> vec2f {
  let start = row * sizes.classes;
  let end = start + sizes.classes;
  let column = largestColumn(row);
  let largest = scores[start + column];
  let label = labels[row];
  var sum = 0.0;
  var scoreSum = 0.0;
  for (var i = start; i < end; i++) {
    let score = scores[i] - largest;
    sum += exp(score);
    scoreSum += score;
  }
  for (var i = start; i < end; i++) {
    let probability = exp(scores[i] - largest) / sum;
    let own = select(0.0, 1 - labelSmoothing, i32(i - start) == label);
    let difference = probability - (own + labelSmoothing / f32(sizes.classes));
    gradLogits[i] = difference / f32(sizes.batch);
  }
  if (label < 0 || label >= i32(sizes.classes)) {
    atomicMax(&wrongLabel, sizes.batch - row);
    return vec2f();
  }
  let own = (1 - labelSmoothing) * (scores[start + u32(label)] - largest);
  // Without smoothing −∞ away from the label costs nothing: not 0 · −∞.
  let share = labelSmoothing * scoreSum / f32(sizes.classes);
  let others = select(0.0, share, labelSmoothing > 0);
  return vec2f(
    log(sum) - (own + others),
    select(0.0, 1.0, column == u32(label)),
  );
}
