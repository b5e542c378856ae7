// Convolution in two dimensions and its gradients, of any shape and any number of
// groups: the simplest kernels, which compile everywhere.
//
// Images are [batch, channels, height, width], weights [outChannels,
// inChannels / groups, kernelHeight, kernelWidth]. A group is a convolution by
// itself, of its own channels and weights.
//
// Loads take longer than all else, hence the tiles: what is loaded is a factor of
// four or eight products.

// #import "conv2d/_window.wgsl"
// #import "lib/reduce.wgsl"

override groups: u32;
override sources: u32 = sourceChannels / groups;
override targets: u32 = targetChannels / groups;
override kernelArea: u32 = kernelHeight * kernelWidth;

alias Partial = vec4f;

// A row of the source, of which every pixel `apart` from another is looked at.
struct Line {
  plane: u32,
  row: i32,
  apart: i32,
}

// Eight pixels of a line.
struct Strip {
  left: vec4f,
  right: vec4f,
}

// Whether a strip that moves on keeps all pixels but one.
override slides: bool = strideWidth == dilationWidth;

// The strip that starts at a column. Without sliding only `count` pixels matter.
fn stripAt(line: Line, column: i32, count: u32) -> Strip {
  return Strip(
    vec4f(
      pixel(line, column, 0, count),
      pixel(line, column, 1, count),
      pixel(line, column, 2, count),
      pixel(line, column, 3, count),
    ),
    vec4f(
      pixel(line, column, 4, count),
      pixel(line, column, 5, count),
      pixel(line, column, 6, count),
      pixel(line, column, 7, count),
    ),
  );
}

fn next(strip: Strip, line: Line, column: i32, count: u32) -> Strip {
  if (!slides) {
    return stripAt(line, column, count);
  }
  return Strip(
    vec4f(strip.left.yzw, strip.right.x),
    vec4f(strip.right.yzw, pixel(line, column, 7, count)),
  );
}

// A pixel of the strip at a column; the padding, and what lies between dilated
// pixels, is 0.
fn pixel(line: Line, column: i32, index: u32, count: u32) -> f32 {
  if (!slides && index >= count) {
    return 0.0;
  }
  let at = vec2i(line.row, column + i32(index) * line.apart);
  let apart = vec2i(inputDilationHeight, inputDilationWidth);
  let last = vec2i(i32(sourceHeight), i32(sourceWidth)) - 1;
  let own = clamp(at / apart, vec2i(), last);
  let start = (line.plane * sourceHeight + u32(own.x)) * sourceWidth;
  let value = f32(source[start + u32(own.y)]);
  return select(0.0, value, all(own * apart == at));
}

// Sums of products of four factors and the pixels of a strip.
struct Tile {
  left: mat4x4f,
  right: mat4x4f,
}

fn add(tile: Tile, w: vec4f, strip: Strip) -> Tile {
  let p = strip.left;
  let q = strip.right;
  return Tile(
    tile.left + mat4x4f(w * p.x, w * p.y, w * p.z, w * p.w),
    tile.right + mat4x4f(w * q.x, w * q.y, w * q.z, w * q.w),
  );
}

fn sumsOf(tile: Tile) -> array<vec4f, 8> {
  let a = tile.left;
  let b = tile.right;
  return array(a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]);
}

@group(0) @binding(0) var<storage, read> weight: array<Weight>;
@group(0) @binding(1) var<storage, read> source: array<Source>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<Target>;

override tilesOfRow: u32 = (targetWidth + 7) / 8;

// The output, and the gradient with respect to x as a convolution of the output's
// gradient. One invocation makes eight columns of a row, in four channels of a
// group: along z lie the fours of channels. A sum runs over source channels, then
// kernel rows, then kernel columns; the bias comes last.
@compute @workgroup_size(workgroupSize)
fn convolve(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let column = index % tilesOfRow * 8;
  let row = index / tilesOfRow % targetHeight;
  // Groups are counted through all images.
  let group = index / (tilesOfRow * targetHeight);
  if (group * targets * targetHeight * targetWidth >= arrayLength(&output)) {
    return;
  }
  let first = invocation.z * 4;
  let channels = min(first + vec4u(0, 1, 2, 3), vec4u(targets - 1));
  let weights = group % groups * targets * sources * kernelArea +
    channels * targetChannelStep;
  let top = i32(row) * strideHeight - paddingHeight;
  let left = i32(column) * strideWidth - paddingWidth;
  var tile: Tile;
  for (var i = 0u; i < sources * kernelHeight; i++) {
    let y = top + i32(i % kernelHeight) * dilationHeight;
    let line = Line(group * sources + i / kernelHeight, y, strideWidth);
    let element = i % kernelHeight * kernelWidth;
    var at = weights + i / kernelHeight * sourceChannelStep +
      select(element, kernelArea - 1 - element, flipped);
    var strip = stripAt(line, left, targetWidth);
    let end = left + i32(kernelWidth) * dilationWidth;
    for (var x = left; x < end; x += dilationWidth) {
      let w = vec4f(vec4<Weight>(
        weight[at.x], weight[at.y], weight[at.z], weight[at.w],
      ));
      tile = add(tile, w, strip);
      strip = next(strip, line, x + dilationWidth, targetWidth);
      at += select(1u, 0xffffffffu, flipped);
    }
  }
  var sums = sumsOf(tile);
  for (var i = first; i < min(first + 4, targets); i++) {
    let start = ((group * targets + i) * targetHeight + row) * targetWidth;
    let shift = select(0.0, bias[group % groups * targets + i], hasBias);
    for (var j = column; j < min(column + 8, targetWidth); j++) {
      output[start + j] = Target(sums[j - column][i - first] + shift);
    }
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradWeight: array<f32>;

override kernelRows: u32 = sources * kernelHeight;
override tilesOfKernelRow: u32 = (kernelWidth + 7) / 8;
override tilesOfKernel: u32 = (kernelRows + 1) / 2 * tilesOfKernelRow;
override foursOfChannels: u32 = (targets + 3) / 4;

// The gradient with respect to the weight. One workgroup makes eight columns of
// two rows of the kernels of four target channels; rows are counted through all
// source channels. Each invocation goes along the rows of the gradient at its own
// index, that plus workgroupSize and so on; then the workgroup adds its sums.
@compute @workgroup_size(workgroupSize)
fn weightGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup.y * workgroups.x + workgroup.x;
  let column = index % tilesOfKernelRow * 8;
  let kernelRow = index % tilesOfKernel / tilesOfKernelRow * 2;
  let channel = index / tilesOfKernel % foursOfChannels * 4;
  let group = index / (tilesOfKernel * foursOfChannels) % groups;
  let channels = group * targets +
    min(channel + vec4u(0, 1, 2, 3), vec4u(targets - 1));
  let two = min(kernelRow + vec2u(0, 1), vec2u(kernelRows - 1));
  let left = i32(column) * dilationWidth - paddingWidth;
  var upper: Tile;
  var lower: Tile;
  let rows = arrayLength(&gradOutput) / (targetWidth * targetChannels);
  for (var i = local; i < rows; i += workgroupSize) {
    let image = i / targetHeight;
    let row = i % targetHeight;
    let plane = image * sourceChannels + group * sources;
    let planes = plane + two / kernelHeight;
    let y = i32(row) * strideHeight - paddingHeight +
      vec2i(two % kernelHeight) * dilationHeight;
    let first = Line(planes.x, y.x, dilationWidth);
    let second = Line(planes.y, y.y, dilationWidth);
    var p = stripAt(first, left, kernelWidth);
    var q = stripAt(second, left, kernelWidth);
    var at = ((image * targetChannels + channels) * targetHeight + row) *
      targetWidth;
    let end = left + i32(targetWidth) * strideWidth;
    for (var x = left; x < end; x += strideWidth) {
      let g = vec4f(
        gradOutput[at.x], gradOutput[at.y], gradOutput[at.z], gradOutput[at.w],
      );
      upper = add(upper, g, p);
      lower = add(lower, g, q);
      p = next(p, first, x + strideWidth, kernelWidth);
      q = next(q, second, x + strideWidth, kernelWidth);
      at += 1u;
    }
  }
  let own = group * targets + channel + local;
  var sums = array(sumsOf(upper), sumsOf(lower));
  for (var i = index; i < index + 16; i++) {
    let at = vec2u((i - index) / 8, (i - index) % 8);
    let total = sumOfWorkgroup(sums[at.x][at.y], local);
    let element = vec2u(kernelRow, column) + at;
    let inside = all(element < vec2u(kernelRows, kernelWidth));
    if (inside && local < 4 && channel + local < targets) {
      gradWeight[(own * kernelRows + element.x) * kernelWidth + element.y] =
        total[local];
    }
  }
}
