// A blur of the middle axis of [outer, size, inner].
//
// One invocation makes one element: it adds the weighted neighbours from the
// first to the last. Beyond the edges they are mirrored; the edge itself is not
// repeated.

// #import "lib/grid.wgsl"

override size: u32;
override inner: u32;
override taps: u32;
override factor: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn blur(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let place = i32(index / inner % size);
    let first = index - u32(place) * inner;
    let last = i32(size) - 1;
    var sum = 0.0;
    for (var tap = 0u; tap < taps; tap++) {
      let neighbour = abs(place + i32(tap) - i32(taps / 2));
      let mirrored = last - abs(last - neighbour);
      sum += weights[tap] * x[first + u32(mirrored) * inner];
    }
    output[index] = factor * sum;
  }
}
