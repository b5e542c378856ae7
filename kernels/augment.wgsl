// Random changes of the images of a batch: smooth displacements, then a warp
// with one bilinear sampling.
//
// `draws` has 11 f32 for every row of an epoch, and those of image n begin at
// 11 · (cursor[0] + n):
//
//   0–5   where output pixel (x, y) is taken from: column d0·x + d1·y + d2, row
//         d3·x + d4·y + d5
//   6–9   rectangle to erase: first row, first column, and those after the last
//   10    seed of the image's displacements, a whole number below 2²⁴
//
// One invocation makes one element of its output. Workgroups that do not fit in
// one row of the grid go on in the next.

const drawsPerRow = 11u;

override workgroupSize: u32;
override channels: u32;
override height: u32;
override width: u32;

@group(0) @binding(0) var<storage, read> noiseDraws: array<f32>;
@group(0) @binding(1) var<storage, read> noiseCursor: array<i32>;
// [batch, 2, height, width]: along x, then along y, each in [−1, 1).
@group(0) @binding(2) var<storage, read_write> noise: array<f32>;

@compute @workgroup_size(workgroupSize)
fn drawNoise(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&noise)) {
    let area = height * width;
    let plane = index / area;
    let row = u32(noiseCursor[0]) + plane / 2;
    let seed = u32(noiseDraws[drawsPerRow * row + 10]);
    let hash = pcg3d(vec3u(index % area, plane % 2, seed)).x;
    noise[index] = f32(hash >> 8) * 0x1p-23 - 1;
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

// The middle axis of [outer, size, inner] is blurred.
override size: u32;
override inner: u32;
override taps: u32;
override factor: f32;

@group(0) @binding(0) var<storage, read> sharp: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> blurred: array<f32>;

// Adds the weighted neighbours from the first to the last; beyond the edges
// they are mirrored, the edge itself is not repeated.
@compute @workgroup_size(workgroupSize)
fn blur(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&blurred)) {
    let place = i32(index / inner % size);
    let first = index - u32(place) * inner;
    let last = i32(size) - 1;
    var sum = 0.0;
    for (var tap = 0u; tap < taps; tap++) {
      let neighbour = abs(place + i32(tap) - i32(taps / 2));
      let mirrored = last - abs(last - neighbour);
      sum += weights[tap] * sharp[first + u32(mirrored) * inner];
    }
    blurred[index] = factor * sum;
  }
}

override mean: f32;
override deviation: f32;
override erased: f32;
// Whether there are displacements; else something else is bound in their place.
override displaced: bool;

@group(0) @binding(0) var<storage, read> images: array<f32>;
@group(0) @binding(1) var<storage, read> draws: array<f32>;
@group(0) @binding(2) var<storage, read> cursor: array<i32>;
// [batch, 2, height, width], in pixels: along x, then along y.
@group(0) @binding(3) var<storage, read> displacements: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn warp(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    let area = height * width;
    let plane = index / area;
    let pixel = index % area;
    let image = plane / channels;
    let draw = drawsPerRow * (u32(cursor[0]) + image);
    var place = vec2f(vec2u(pixel % width, pixel / width));
    let inRows = place.y >= draws[draw + 6] && place.y < draws[draw + 8];
    let inColumns = place.x >= draws[draw + 7] && place.x < draws[draw + 9];
    if (displaced) {
      let displacement = 2 * image * area + pixel;
      place.x += displacements[displacement];
      place.y += displacements[displacement + area];
    }
    let x = draws[draw] * place.x + draws[draw + 1] * place.y + draws[draw + 2];
    let y = draws[draw + 3] * place.x + draws[draw + 4] * place.y +
      draws[draw + 5];
    let normalised = (sample(plane * area, vec2f(x, y)) - mean) / deviation;
    output[index] = select(normalised, erased, inRows && inColumns);
  }
}

// Bilinear; beyond the edges all is 0.
fn sample(start: u32, place: vec2f) -> f32 {
  let inside = all(place > vec2f(-1)) &&
    all(place < vec2f(vec2u(width, height)));
  if (!inside) { return 0; }
  let corner = floor(place);
  let part = place - corner;
  let at = vec2i(corner);
  let above = mix2(pixelAt(start, at), pixelAt(start, at + vec2i(1, 0)), part.x);
  let below = mix2(
    pixelAt(start, at + vec2i(0, 1)),
    pixelAt(start, at + vec2i(1, 1)),
    part.x,
  );
  return mix2(above, below, part.y);
}

// Exactly `a` at 0, which the built-in `mix` need not be.
fn mix2(a: f32, b: f32, part: f32) -> f32 {
  return a + (b - a) * part;
}

fn pixelAt(start: u32, at: vec2i) -> f32 {
  let inside = all(at >= vec2i(0)) && all(at < vec2i(vec2u(width, height)));
  if (!inside) { return 0; }
  return images[start + u32(at.y) * width + u32(at.x)];
}
