// The column of the largest score in each row of scores [batch, classes], and
// in how many rows it is the label's.

override batch: u32;
override classes: u32;
override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read_write> columns: array<i32>;

// One invocation makes one row. Workgroups that do not fit in one row of the
// grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn argmax(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let row = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (row < batch) {
    columns[row] = largestColumn(row);
  }
}

@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> correct: array<f32>;

var<workgroup> partial: array<u32, workgroupSize>;

// One workgroup: each invocation counts in the rows at its own index, that plus
// workgroupSize and so on. Then the first half of the invocations adds the
// counts of the second half to its own, and so on by halves.
@compute @workgroup_size(workgroupSize)
fn correctCount(@builtin(local_invocation_index) local: u32) {
  var count = 0u;
  for (var row = local; row < batch; row += workgroupSize) {
    count += select(0u, 1u, largestColumn(row) == labels[row]);
  }
  partial[local] = count;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0) {
    correct[0] = f32(partial[0]);
  }
}

// The first of equals; NaN is above all, as in PyTorch.
fn largestColumn(row: u32) -> i32 {
  let start = row * classes;
  var largest = scores[start];
  var column = 0u;
  for (var candidate = 1u; candidate < classes; candidate++) {
    let score = scores[start + candidate];
    if (!isNan(largest) && (isNan(score) || score > largest)) {
      largest = score;
      column = candidate;
    }
  }
  return i32(column);
}

// By the bits: compilers may assume that x != x is false.
fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
