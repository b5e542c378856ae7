// A warp of the images of a batch with one bilinear sampling, and a rectangle
// that is erased: `draws.ts` says what is drawn for a row.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

const drawsPerRow = 11u;

override channels: u32;
override height: u32;
override width: u32;
override mean: f32;
// The standard deviation; `std` is a reserved word.
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
  let index = itemOf(invocation, workgroups);
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
