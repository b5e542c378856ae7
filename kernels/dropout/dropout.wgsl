// Drops elements at random, one by one or by areas, and scales the rest.
//
// One invocation makes one element and its factor.

// #import "lib/grid.wgsl"
// #import "lib/pcg3d.wgsl"

// Neighbouring elements that are dropped together.
override area: u32;
// They are dropped if their hash is below this: probability · 2³².
override threshold: u32;
// What the other elements are multiplied with: 1 / (1 − probability).
override factor: f32;

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
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let hash = pcg3d(vec3u(index / area, state[0], state[1])).x;
    let scale = select(factor, 0.0, hash < threshold);
    mask[index] = scale;
    output[index] = x[index] * scale;
  }
}
