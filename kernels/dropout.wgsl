// Drops elements at random and scales the rest.
//
// One invocation makes one element and its factor. Workgroups that do not fit
// in one row of the grid go on in the next.

override workgroupSize: u32;
// An element is dropped if its hash is below this: probability · 2³².
override threshold: u32;
// What the other elements are multiplied with: 1 / (1 − probability).
override kept: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
// Draws so far, seed.
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> mask: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn dropoutForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    let hash = pcg3d(vec3u(index, state[0], state[1])).x;
    let factor = select(kept, 0.0, hash < threshold);
    mask[index] = factor;
    output[index] = x[index] * factor;
  }
}

// Jarzynski and Olano, "Hash Functions for GPU Rendering" (2020).
fn pcg3d(input: vec3u) -> vec3u {
  var v = input * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3u(16);
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  return v;
}
