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

// Eight pixels of a row of the source, from a column on, so far apart.
fn eight(plane: u32, row: i32, column: i32, apart: i32) -> mat2x4f {
  return mat2x4f(
    pixel(plane, row, column),
    pixel(plane, row, column + apart),
    pixel(plane, row, column + 2 * apart),
    pixel(plane, row, column + 3 * apart),
    pixel(plane, row, column + 4 * apart),
    pixel(plane, row, column + 5 * apart),
    pixel(plane, row, column + 6 * apart),
    pixel(plane, row, column + 7 * apart),
  );
}

// The eight from the next column on: mostly they are those before and one more.
fn next(p: mat2x4f, plane: u32, row: i32, column: i32, apart: i32) -> mat2x4f {
  if (strideWidth != dilationWidth) {
    return eight(plane, row, column, apart);
  }
  let last = pixel(plane, row, column + 7 * apart);
  return mat2x4f(vec4f(p[0].yzw, p[1].x), vec4f(p[1].yzw, last));
}

// A pixel of the source; the padding, and what lies between dilated pixels, is 0.
fn pixel(plane: u32, row: i32, column: i32) -> f32 {
  let at = vec2i(row, column);
  let apart = vec2i(inputDilationHeight, inputDilationWidth);
  let last = vec2i(i32(sourceHeight), i32(sourceWidth)) - 1;
  let own = clamp(at / apart, vec2i(), last);
  let start = (plane * sourceHeight + u32(own.x)) * sourceWidth;
  let value = f32(source[start + u32(own.y)]);
  return select(0.0, value, all(own * apart == at));
}

fn products(w: vec4f, p: vec4f) -> mat4x4f {
  return mat4x4f(w * p.x, w * p.y, w * p.z, w * p.w);
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
  var low: mat4x4f;
  var high: mat4x4f;
  for (var i = 0u; i < sources * kernelHeight; i++) {
    let plane = group * sources + i / kernelHeight;
    let y = top + i32(i % kernelHeight) * dilationHeight;
    let element = i % kernelHeight * kernelWidth;
    var at = weights + i / kernelHeight * sourceChannelStep +
      select(element, kernelArea - 1 - element, flipped);
    var p = eight(plane, y, left, strideWidth);
    let end = left + i32(kernelWidth) * dilationWidth;
    for (var x = left; x < end; x += dilationWidth) {
      let w = vec4f(vec4<Weight>(
        weight[at.x], weight[at.y], weight[at.z], weight[at.w],
      ));
      low += products(w, p[0]);
      high += products(w, p[1]);
      p = next(p, plane, y, x + dilationWidth, strideWidth);
      at += select(1u, 0xffffffffu, flipped);
    }
  }
  var sums = array(low, high);
  for (var i = first; i < min(first + 4, targets); i++) {
    let start = ((group * targets + i) * targetHeight + row) * targetWidth;
    let shift = select(0.0, bias[group % groups * targets + i], hasBias);
    for (var j = column; j < min(column + 8, targetWidth); j++) {
      output[start + j] = Target(sums[(j - column) / 4][j % 4][i % 4] + shift);
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
  var a: mat4x4f;
  var b: mat4x4f;
  var c: mat4x4f;
  var d: mat4x4f;
  let rows = arrayLength(&gradOutput) / (targetWidth * targetChannels);
  for (var i = local; i < rows; i += workgroupSize) {
    let image = i / targetHeight;
    let row = i % targetHeight;
    let plane = image * sourceChannels + group * sources;
    let planes = plane + two / kernelHeight;
    let y = i32(row) * strideHeight - paddingHeight +
      vec2i(two % kernelHeight) * dilationHeight;
    var p = eight(planes.x, y.x, left, dilationWidth);
    var q = eight(planes.y, y.y, left, dilationWidth);
    var at = ((image * targetChannels + channels) * targetHeight + row) *
      targetWidth;
    let end = left + i32(targetWidth) * strideWidth;
    for (var x = left; x < end; x += strideWidth) {
      let g = vec4f(
        gradOutput[at.x], gradOutput[at.y], gradOutput[at.z], gradOutput[at.w],
      );
      a += products(g, p[0]);
      b += products(g, p[1]);
      c += products(g, q[0]);
      d += products(g, q[1]);
      p = next(p, planes.x, y.x, x + strideWidth, dilationWidth);
      q = next(q, planes.y, y.y, x + strideWidth, dilationWidth);
      at += 1u;
    }
  }
  let own = group * targets + channel + local;
  var sums = array(a, b, c, d);
  for (var i = index; i < index + 16; i++) {
    let at = i - index;
    let total = sumOfWorkgroup(sums[at / 4][at % 4], local);
    let element = vec2u(kernelRow + at / 8, column + at % 8);
    let inside = all(element < vec2u(kernelRows, kernelWidth));
    if (inside && local < 4 && channel + local < targets) {
      gradWeight[(own * kernelRows + element.x) * kernelWidth + element.y] =
        total[local];
    }
  }
}
