// Exponential moving averages, by PyTorch's lerp, and the exchange of values and
// averages.

// #import "lib/grid.wgsl"

// 1 − decay, taken in f64.
override rest: f32;

@group(0) @binding(0) var<storage, read> value: array<f32>;
// A copy for each workgroup, which updates it.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> average: array<f32>;

// One invocation moves one element; the first of a workgroup stores the weight
// of the next value.
@compute @workgroup_size(workgroupSize)
fn emaUpdate(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = itemOf(invocation, workgroups);
  let isElement = index < arrayLength(&average);
  if (isElement) {
    let weight = weights[group];
    let distance = value[index] - average[index];
    if (weight == 1) {
      average[index] = value[index];
    } else if (weight < 0.5) {
      average[index] += weight * distance;
    } else {
      average[index] = value[index] - distance * (1 - weight);
    }
  }
  // Until here, others of the workgroup may read the weight.
  storageBarrier();
  if (isElement && local == 0) {
    weights[group] = rest;
  }
}

@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;

// One invocation exchanges one element.
@compute @workgroup_size(workgroupSize)
fn swap(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&a)) {
    let before = a[index];
    a[index] = b[index];
    b[index] = before;
  }
}
