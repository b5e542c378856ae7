// Images and weights as the convolution for llvmpipe reads them: in textures, see
// convolve.wgsl. Texel i of a texture is at column i % 4096 of row
// i / 4096.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> values: array<Value>;
@group(0) @binding(0) var<storage, read> fours: array<vec4<Value>>;
@group(0) @binding(1) var packed: texture_storage_2d<rgba32float, write>;

fn put(index: u32, texel: vec4f) {
  textureStore(packed, vec2u(index % 4096, index / 4096), texel);
}

struct Images {
  // Of all phases.
  planes: u32,
  imageHeight: i32,
  imageWidth: i32,
  // Rows and columns of zeros before the first of the image.
  top: i32,
  left: i32,
  // Pixels from one row or column of a phase to the next, and phases: 1 where a
  // window has no stride.
  strideHeight: i32,
  strideWidth: i32,
  phaseRows: u32,
  phaseColumns: u32,
  // Columns from one row tile to the next.
  rowTileWidth: u32,
  // How many row tiles, rows and texels of a row a plane is packed into.
  rowTiles: u32,
  rows: u32,
  texels: u32,
}

@group(0) @binding(2) var<uniform> images: Images;

// Images [planes, imageHeight, imageWidth] as [planes, phases, rowTiles, rows,
// texels]: a row tile has its own columns and those that a window over it
// reaches. What lies outside of the image is 0.
//
// One invocation makes one row of one row tile.
@compute @workgroup_size(workgroupSize)
fn packImages(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  // Divided as rarely as possible: eight lanes divide one after the other.
  let rowTile = index / images.rows;
  let phase = rowTile / images.rowTiles;
  let phaseRow = phase / images.phaseColumns;
  let plane = phaseRow / images.phaseRows;
  let row = i32(index - rowTile * images.rows) * images.strideHeight -
    images.top + i32(phaseRow - plane * images.phaseRows);
  let first = (rowTile - phase * images.rowTiles) * images.rowTileWidth;
  var column = i32(first) * images.strideWidth - images.left +
    i32(phase - phaseRow * images.phaseColumns);
  let area = u32(images.imageHeight * images.imageWidth);
  let start = plane * area +
    u32(clamp(row, 0, images.imageHeight - 1) * images.imageWidth);
  let inside = row >= 0 && row < images.imageHeight;
  let step = images.strideWidth;
  let width = select(0, images.imageWidth, inside);
  if (phase < images.planes) {
    let end = (index + 1) * images.texels;
    for (var texel = end - images.texels; texel < end; texel++) {
      put(texel, vec4f(
        pixel(start, column, width),
        pixel(start, column + step, width),
        pixel(start, column + 2 * step, width),
        pixel(start, column + 3 * step, width),
      ));
      column += 4 * step;
    }
  }
}

// A pixel of a row that starts there; one that lies outside has no width.
fn pixel(start: u32, column: i32, width: i32) -> f32 {
  let inside = column >= 0 && column < width;
  return select(0.0, f32(values[start + select(0u, u32(column), inside)]), inside);
}

// The same of images without phases, whose numbers are read by fours: what lies
// in a texel of the row is in one four, or in two neighbours.
@compute @workgroup_size(workgroupSize)
fn packFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let rowTile = index / images.rows;
  let plane = rowTile / images.rowTiles;
  let row = i32(index - rowTile * images.rows) - images.top;
  let first = (rowTile - plane * images.rowTiles) * images.rowTileWidth;
  var column = i32(first) - images.left;
  let inside = row >= 0 && row < images.imageHeight;
  let width = select(0, images.imageWidth, inside);
  let start = i32(plane) * images.imageHeight * images.imageWidth +
    clamp(row, 0, images.imageHeight - 1) * images.imageWidth + column;
  // Rounded down, also below 0.
  var four = start >> 2;
  let isOdd = vec4<bool>((start & 1) != 0);
  let isHigh = vec4<bool>((start & 2) != 0);
  var left = fourAt(four);
  if (plane < images.planes) {
    let end = (index + 1) * images.texels;
    for (var texel = end - images.texels; texel < end; texel++) {
      four++;
      let right = fourAt(four);
      let even = select(left, vec4f(left.zw, right.xy), isHigh);
      let next = select(right.x, right.z, isHigh.x);
      let found = select(even, vec4f(even.yzw, next), isOdd);
      let columns = column + vec4i(0, 1, 2, 3);
      put(texel, select(
        vec4f(),
        found,
        (columns >= vec4i()) & (columns < vec4i(width)),
      ));
      left = right;
      column += 4;
    }
  }
}

// Beyond the ends another one, of which nothing is packed.
fn fourAt(index: i32) -> vec4f {
  return vec4f(fours[clamp(index, 0, i32(arrayLength(&fours)) - 1)]);
}

struct Weights {
  sourceChannels: u32,
  targetChannels: u32,
  // Of the window that slides over the phases.
  windowHeight: u32,
  windowWidth: u32,
  kernelHeight: i32,
  kernelWidth: i32,
  // From the weights of one channel to those of the next.
  sourceChannelStep: u32,
  targetChannelStep: u32,
  strideHeight: i32,
  strideWidth: i32,
  phaseRows: u32,
  phaseColumns: u32,
  // For the gradient with respect to x: padding of x, and rows and columns of
  // zeros before the first of the gradient.
  paddingHeight: i32,
  paddingWidth: i32,
  leadHeight: i32,
  leadWidth: i32,
  // Whether the kernel is flipped along both axes, as for the gradient with
  // respect to x: phases are the target's then.
  flipped: u32,
}

@group(0) @binding(2) var<uniform> weights: Weights;

// Weights as [targetChannels / 4, sourceChannels, windowHeight, windowWidth]: each
// texel is one element of the windows of four target channels. What lies outside
// is 0.
//
// One invocation makes the texels of one source channel and four target channels,
// and divides but for where these begin.
@compute @workgroup_size(workgroupSize)
fn packWeights(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let plane = itemOf(invocation, workgroups);
  let group = plane / weights.sourceChannels;
  let source = vec4u(plane - group * weights.sourceChannels);
  let four = group * 4 + vec4u(0, 1, 2, 3);
  let targets = min(four, vec4u(weights.targetChannels - 1));
  let isFlipped = weights.flipped != 0;
  // Channels of x are counted with their phases.
  let phases = weights.phaseRows * weights.phaseColumns;
  let phased = select(source, targets, isFlipped);
  let channel = phased / phases;
  let phase = phased - channel * phases;
  let phaseRow = phase / weights.phaseColumns;
  let rows = elementsOf(vec4i(phaseRow), Axis(
    weights.strideHeight, weights.paddingHeight, weights.leadHeight,
  ));
  let columns = elementsOf(vec4i(phase - phaseRow * weights.phaseColumns), Axis(
    weights.strideWidth, weights.paddingWidth, weights.leadWidth,
  ));
  let at = select(channel, source, isFlipped) * weights.sourceChannelStep +
    select(targets, channel, isFlipped) * weights.targetChannelStep;
  let isThere = four < vec4u(weights.targetChannels);
  let area = weights.windowHeight * weights.windowWidth;
  var row = rows.first;
  var column = columns.first;
  var columnsLeft = weights.windowWidth;
  if (group * 4 < weights.targetChannels) {
    let end = (plane + 1) * area;
    for (var texel = end - area; texel < end; texel++) {
      let inside = isThere &
        (row >= vec4i()) & (row < vec4i(weights.kernelHeight)) &
        (column >= vec4i()) & (column < vec4i(weights.kernelWidth));
      let element = row * weights.kernelWidth + column;
      let places = at + vec4u(select(vec4i(), element, inside));
      let found = vec4<Value>(
        values[places.x], values[places.y], values[places.z], values[places.w],
      );
      put(texel, select(vec4f(), vec4f(found), inside));
      columnsLeft--;
      let isLast = columnsLeft == 0;
      column = select(column + columns.step, columns.first, isLast);
      row += select(0, rows.step, isLast);
      columnsLeft = select(columnsLeft, weights.windowWidth, isLast);
    }
  }
}

struct Axis {
  stride: i32,
  padding: i32,
  lead: i32,
}

// Rows or columns of the kernel that the first elements of windows are, in some
// phases, and how far it is to that of the next.
struct Elements {
  first: vec4i,
  step: i32,
}

fn elementsOf(phase: vec4i, axis: Axis) -> Elements {
  if (weights.flipped == 0) {
    return Elements(phase, axis.stride);
  }
  // The pixels of x that a phase has, and the first window that it lies in.
  let late = max(vec4i(axis.padding), phase) - phase + axis.stride - 1;
  let first = (late / axis.stride + axis.lead) * axis.stride + phase;
  return Elements(first, -axis.stride);
}
