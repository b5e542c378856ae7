// In how many rows of scores [batch, classes] the label's score is among the k
// largest. Of equals the first is larger; NaN is above all.

// #import "lib/grid.wgsl"
// #import "lib/nan.wgsl"
// #import "lib/reduce.wgsl"

alias Partial = u32;

override batch: u32;
override classes: u32;
override k: u32;

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> count: array<f32>;

// One workgroup: each invocation counts in the rows at its own index, that plus
// workgroupSize and so on; `lib/reduce.wgsl` adds the counts.
@compute @workgroup_size(workgroupSize)
fn topKCount(@builtin(local_invocation_index) local: u32) {
  var own = 0u;
  for (var row = local; row < batch; row += workgroupSize) {
    own += select(0u, 1u, isAmongLargest(row));
  }
  let sum = sumOfWorkgroup(own, local);
  if (local == 0) {
    count[0] = f32(sum);
  }
}

fn isAmongLargest(row: u32) -> bool {
  let label = labels[row];
  if (label < 0 || u32(label) >= classes) {
    return false;
  }
  let start = row * classes;
  let score = scores[start + u32(label)];
  var larger = 0u;
  for (var column = 0u; column < classes; column++) {
    let other = scores[start + column];
    let isFirst = column < u32(label);
    larger += select(0u, 1u, isAbove(other, score)
      || (isFirst && !isAbove(score, other)));
  }
  return larger < k;
}

fn isAbove(one: f32, other: f32) -> bool {
  return !isNan(other) && (isNan(one) || one > other);
}
