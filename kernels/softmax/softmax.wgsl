// Softmax and its logarithm of rows along one axis, and their gradients.
//
// The invocations of a row (`lib/rows.wgsl`) add up what they have, in order;
// the sums are combined by halves. The largest element is taken off all, so that
// no exp() overflows.

// #import "lib/rows.wgsl"

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<f32, workgroupSize>;

struct Exponentials {
  largest: f32,
  sum: f32,
}

// The largest element of a row, and the sum of exp(element − largest).
fn exponentialsOf(row: Row, local: u32) -> Exponentials {
  var largest = x[row.start];
  for (var k = row.split; k < sizes.size; k += sizes.splits) {
    largest = max(largest, x[row.start + k * sizes.inner]);
  }
  partial[local] = largest;
  for (var reach = sizes.splits / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (row.split < reach) {
      partial[local] = max(partial[local], partial[local + reach]);
    }
  }
  workgroupBarrier();
  largest = partial[row.first];
  var sum = 0.0;
  for (var k = row.split; k < sizes.size; k += sizes.splits) {
    sum += exp(x[row.start + k * sizes.inner] - largest);
  }
  return Exponentials(largest, sumOfRow(sum, row, local));
}

fn sumOfRow(own: f32, row: Row, local: u32) -> f32 {
  // Until here, others may read what was there.
  workgroupBarrier();
  partial[local] = own;
  for (var reach = sizes.splits / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (row.split < reach) {
      partial[local] += partial[local + reach];
    }
  }
  workgroupBarrier();
  return partial[row.first];
}

fn rows() -> u32 {
  return arrayLength(&output) / sizes.size;
}

@compute @workgroup_size(workgroupSize)
fn softmax(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = rowOf(itemOf(invocation, workgroups), local, rows());
  let own = exponentialsOf(row, local);
  if (row.index < rows()) {
    for (var k = row.split; k < sizes.size; k += sizes.splits) {
      let at = row.start + k * sizes.inner;
      output[at] = exp(x[at] - own.largest) / own.sum;
    }
  }
}

@compute @workgroup_size(workgroupSize)
fn logSoftmax(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = rowOf(itemOf(invocation, workgroups), local, rows());
  let own = exponentialsOf(row, local);
  let logSum = log(own.sum);
  if (row.index < rows()) {
    for (var k = row.split; k < sizes.size; k += sizes.splits) {
      let at = row.start + k * sizes.inner;
      output[at] = x[at] - own.largest - logSum;
    }
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradX: array<f32>;

@compute @workgroup_size(workgroupSize)
fn softmaxGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let count = arrayLength(&gradX) / sizes.size;
  let row = rowOf(itemOf(invocation, workgroups), local, count);
  var own = 0.0;
  for (var k = row.split; k < sizes.size; k += sizes.splits) {
    let at = row.start + k * sizes.inner;
    own += gradOutput[at] * y[at];
  }
  let sum = sumOfRow(own, row, local);
  if (row.index < count) {
    for (var k = row.split; k < sizes.size; k += sizes.splits) {
      let at = row.start + k * sizes.inner;
      gradX[at] = y[at] * (gradOutput[at] - sum);
    }
  }
}

@compute @workgroup_size(workgroupSize)
fn logSoftmaxGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let count = arrayLength(&gradX) / sizes.size;
  let row = rowOf(itemOf(invocation, workgroups), local, count);
  var own = 0.0;
  for (var k = row.split; k < sizes.size; k += sizes.splits) {
    own += gradOutput[row.start + k * sizes.inner];
  }
  let sum = sumOfRow(own, row, local);
  if (row.index < count) {
    for (var k = row.split; k < sizes.size; k += sizes.splits) {
      let at = row.start + k * sizes.inner;
      gradX[at] = gradOutput[at] - exp(y[at]) * sum;
    }
  }
}
