// Noise for smooth displacements of the images of a batch: `draws.ts` says what
// is drawn for a row.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"
// #import "lib/pcg3d.wgsl"

const drawsPerRow = 11u;

override height: u32;
override width: u32;

@group(0) @binding(0) var<storage, read> draws: array<f32>;
@group(0) @binding(1) var<storage, read> cursor: array<i32>;
// [batch, 2, height, width]: along x, then along y, each in [−1, 1).
@group(0) @binding(2) var<storage, read_write> noise: array<f32>;

@compute @workgroup_size(workgroupSize)
fn drawNoise(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&noise)) {
    let area = height * width;
    let plane = index / area;
    let row = u32(cursor[0]) + plane / 2;
    let seed = u32(draws[drawsPerRow * row + 10]);
    let hash = pcg3d(vec3u(index % area, plane % 2, seed)).x;
    noise[index] = f32(hash >> 8) * 0x1p-23 - 1;
  }
}
