// The sum of a buffer times a factor, and its gradient.

override workgroupSize: u32;
override factor: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<f32, workgroupSize>;

// Each workgroup makes one sum: each invocation adds the elements at its own
// index among all, that plus the number of all and so on, in this order. Then
// the first half of the invocations adds the sums of the second half to its
// own, and so on by halves.
@compute @workgroup_size(workgroupSize)
fn sum(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let all = workgroups.x * workgroupSize;
  let first = workgroup.x * workgroupSize + local;
  var total = 0.0;
  for (var index = first; index < arrayLength(&x); index += all) {
    total += x[index];
  }
  partial[local] = total;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0) {
    output[workgroup.x] = factor * partial[0];
  }
}

@group(0) @binding(0) var<storage, read> scalar: array<f32>;

// One invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn expand(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    output[index] = factor * scalar[0];
  }
}
