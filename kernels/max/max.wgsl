// The largest element of each row along one axis, or the smallest, where it is,
// and the gradient. Of equals the first counts; NaN is above all, as in PyTorch.

// #import "lib/rows.wgsl"
// #import "lib/nan.wgsl"

// 1 for the largest, −1 for the smallest.
override sign: i32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;

struct Found {
  value: f32,
  index: u32,
}

var<workgroup> partial: array<Found, workgroupSize>;

// By the bits, as WGSL leaves open how numbers below normal ones compare.
fn isBetter(one: Found, than: Found) -> bool {
  let isFirst = one.index < than.index;
  if (isNan(than.value)) {
    return isNan(one.value) && isFirst;
  }
  let own = sign * orderOf(one.value);
  let other = sign * orderOf(than.value);
  return isNan(one.value) || own > other || (own == other && isFirst);
}

// Whole numbers in the order of the numbers; 0 and -0 are both 0.
fn orderOf(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  return select(bits, bitcast<i32>(0x80000000u) - bits, bits < 0);
}

// The invocations of a row (`lib/rows.wgsl`) find what is best of their own
// elements; by halves they find what is best of those. A row ends where x does.
@compute @workgroup_size(workgroupSize)
fn largest(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let count = arrayLength(&values);
  let row = rowOf(itemOf(invocation, workgroups), local, count);
  var best = Found(x[row.start], 0u);
  for (var k = row.split; k < sizes.size; k += sizes.splits) {
    let at = row.start + k * sizes.inner;
    if (at < arrayLength(&x)) {
      let own = Found(x[at], k);
      if (isBetter(own, best)) {
        best = own;
      }
    }
  }
  partial[local] = best;
  for (var reach = sizes.splits / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (row.split < reach && isBetter(partial[local + reach], partial[local])) {
      partial[local] = partial[local + reach];
    }
  }
  workgroupBarrier();
  if (row.split == 0 && row.index < count) {
    values[row.index] = partial[local].value;
    indices[row.index] = i32(partial[local].index);
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> chosen: array<i32>;
@group(0) @binding(2) var<storage, read_write> gradX: array<f32>;

// One invocation makes one element: the gradient of its row where it was chosen,
// 0 elsewhere.
@compute @workgroup_size(workgroupSize)
fn largestGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let own = index / sizes.inner % sizes.size;
    let row = index / (sizes.size * sizes.inner) * sizes.inner +
      index % sizes.inner;
    gradX[index] = select(0.0, gradOutput[row], u32(chosen[row]) == own);
  }
}
