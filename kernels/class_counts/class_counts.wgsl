// How often each class is predicted, is the label, and both.

// #import "lib/grid.wgsl"

struct Sizes {
  batch: u32,
  classes: u32,
}

@group(0) @binding(3) var<uniform> sizes: Sizes;

@group(0) @binding(0) var<storage, read> predictions: array<i32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
// [3, classes]: both, predicted, labels.
@group(0) @binding(2) var<storage, read_write> counts: array<f32>;

// One invocation counts one class, row by row.
@compute @workgroup_size(workgroupSize)
fn classCounts(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let own = itemOf(invocation, workgroups);
  if (own >= sizes.classes) {
    return;
  }
  var counted = vec3u(0);
  for (var row = 0u; row < sizes.batch; row++) {
    let isPredicted = predictions[row] == i32(own);
    let isLabel = labels[row] == i32(own);
    counted += vec3u(vec3<bool>(isPredicted && isLabel, isPredicted, isLabel));
  }
  counts[own] = f32(counted.x);
  counts[sizes.classes + own] = f32(counted.y);
  counts[2 * sizes.classes + own] = f32(counted.z);
}
