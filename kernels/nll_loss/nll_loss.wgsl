// The loss of log-probabilities [rows, classes, inner] and labels [rows, inner],
// which may be smoothed, and its gradient with respect to the log-probabilities.
// Each class has a weight, 1 where there are none.

// #import "lib/grid.wgsl"

override classes: u32;
override inner: u32;
override hasIgnored: bool;
override ignored: i32;
override hasWeight: bool;
// Share of the target that is spread evenly over the classes.
override labelSmoothing: f32;

@group(0) @binding(0) var<storage, read> labels: array<i32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
// NaN as its bits: WGSL has no constant for it.
@group(0) @binding(3) var<storage, read_write> losses: array<u32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;

fn weightOf(column: u32) -> f32 {
  if (hasWeight) {
    return weight[column];
  }
  return 1.0;
}

fn isIgnored(label: i32) -> bool {
  return hasIgnored && label == ignored;
}

// One invocation makes the loss of a label and its weight, by which a mean
// divides. Sums run over the classes in their order.
@compute @workgroup_size(workgroupSize)
fn nllLoss(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index >= arrayLength(&labels)) {
    return;
  }
  let label = labels[index];
  if (isIgnored(label)) {
    losses[index] = 0u;
    weights[index] = 0.0;
    return;
  }
  if (label < 0 || label >= i32(classes)) {
    losses[index] = 0x7fc00000u;
    weights[index] = 1.0;
    return;
  }
  let start = index / inner * classes * inner + index % inner;
  let own = weightOf(u32(label));
  var loss = -own * x[start + u32(label) * inner];
  if (labelSmoothing > 0) {
    var sum = 0.0;
    for (var column = 0u; column < classes; column++) {
      sum -= weightOf(column) * x[start + column * inner];
    }
    loss = (1 - labelSmoothing) * loss + labelSmoothing / f32(classes) * sum;
  }
  losses[index] = bitcast<u32>(loss);
  weights[index] = own;
}

@group(0) @binding(2) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradX: array<f32>;

// One invocation makes one element.
@compute @workgroup_size(workgroupSize)
fn nllLossGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index >= arrayLength(&gradX)) {
    return;
  }
  let column = index / inner % classes;
  let at = index / (inner * classes) * inner + index % inner;
  let label = labels[at];
  if (isIgnored(label)) {
    gradX[index] = 0.0;
    return;
  }
  let own = select(0.0, 1 - labelSmoothing, label == i32(column));
  let share = own + labelSmoothing / f32(classes);
  // Away from the label the gradient is 0, whatever the weight.
  gradX[index] =
    select(-gradOutput[at] * weightOf(column) * share, 0.0, share == 0);
}
