// Convolution in two dimensions and its gradients.
//
// Images are [batch, channels, height, width], weights [outChannels,
// inChannels, kernelHeight, kernelWidth]. A window slides over the images
// called source: x for the output and for the gradient by the weight, the
// gradient of the output for the gradient by x. The images called target have
// one pixel for each position of the window.

override sourceChannels: u32;
override sourceHeight: u32;
override sourceWidth: u32;
override targetChannels: u32;
override targetHeight: u32;
override targetWidth: u32;
override kernelHeight: u32;
override kernelWidth: u32;
override strideHeight: i32;
override strideWidth: i32;
override paddingHeight: i32;
override paddingWidth: i32;
override dilationHeight: i32;
override dilationWidth: i32;
override workgroupSize: u32;

// The source's pixels lie this far apart, with zeros between them: more than 1
// where the window slides over the gradient of a convolution with a stride.
override spreadHeight: i32 = 1;
override spreadWidth: i32 = 1;

@group(0) @binding(1) var<storage, read> source: array<Source>;

// Part of a row of the source, and sums of products with it: four channels for
// each pixel. Registers hold it all, hence the indices that are constants.
struct Strip {
  // Where the row starts, if it is not in the padding.
  start: u32,
  inside: bool,
  pixels: array<f32, 8>,
  left: mat4x4f,
  right: mat4x4f,
}

// How many of a strip's pixels are in use, from the first.
override width: u32;
// Columns from one pixel of a strip to the next, and from one step of it to the
// next. Where they are equal, a step shifts the pixels and loads but one.
override spacing: i32;
override advance: i32;

// Opens a strip on a row of the padded source.
fn open(strip: ptr<function, Strip>, plane: u32, row: i32, column: i32) {
  let sourceRow = row / spreadHeight;
  let last = i32(sourceHeight) - 1;
  (*strip).inside = row >= 0 && sourceRow <= last && row % spreadHeight == 0;
  (*strip).start = (plane * sourceHeight + u32(clamp(sourceRow, 0, last))) *
    sourceWidth;
  load(strip, column);
}

fn load(strip: ptr<function, Strip>, column: i32) {
  (*strip).pixels = array(
    pixel(strip, 0, column), pixel(strip, 1, column), pixel(strip, 2, column),
    pixel(strip, 3, column), pixel(strip, 4, column), pixel(strip, 5, column),
    pixel(strip, 6, column), pixel(strip, 7, column),
  );
}

// The pixel of a strip whose first pixel is at the given column.
fn pixel(strip: ptr<function, Strip>, index: u32, first: i32) -> f32 {
  let column = first + i32(index) * spacing;
  let sourceColumn = column / spreadWidth;
  let last = i32(sourceWidth) - 1;
  let inside = (*strip).inside && column >= 0 && sourceColumn <= last &&
    column % spreadWidth == 0;
  if (index >= width) {
    return 0;
  }
  let value = f32(source[(*strip).start + u32(clamp(sourceColumn, 0, last))]);
  return select(0.0, value, inside);
}

// Moves a strip by one step, so that it begins at the given column.
fn slide(strip: ptr<function, Strip>, column: i32) {
  if (spacing == advance) {
    let p = (*strip).pixels;
    (*strip).pixels = array(p[1], p[2], p[3], p[4], p[5], p[6], p[7], 0.0);
    (*strip).pixels[width - 1] = pixel(strip, width - 1, column);
  } else {
    load(strip, column);
  }
}

// Adds the products of the pixels and a factor for each of the four channels.
fn multiply(strip: ptr<function, Strip>, factors: vec4f) {
  let p = (*strip).pixels;
  (*strip).left +=
    mat4x4f(factors * p[0], factors * p[1], factors * p[2], factors * p[3]);
  (*strip).right +=
    mat4x4f(factors * p[4], factors * p[5], factors * p[6], factors * p[7]);
}

fn sums(strip: ptr<function, Strip>) -> array<vec4f, 8> {
  let a = (*strip).left;
  let b = (*strip).right;
  return array(a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]);
}

@group(0) @binding(0) var<storage, read> weight: array<Weight>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<Target>;

// From the weights of one channel to those of the next.
override sourceChannelStep: u32;
override targetChannelStep: u32;
// Whether the kernel is turned by half a turn, as for the gradient.
override turned: bool;
override hasBias: bool;

override rowPairs: u32 = (targetHeight + 1) / 2;
override columnTiles: u32 = (targetWidth + width - 1) / width;

// The output, and the gradient by x as a convolution of the output's gradient.
//
// One invocation makes four channels of a tile of two rows and `width` columns,
// a strip for each row. Workgroups along x and y run over tiles, along z over
// channels. Each sum runs over source channels, then kernel rows, then kernel
// columns; the bias comes last.
@compute @workgroup_size(workgroupSize)
fn convolve(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  let planes = arrayLength(&output) / (targetHeight * targetWidth);
  let tiles = planes / targetChannels * rowPairs * columnTiles;
  // Those beyond the last tile make it again, but do not write it: a branch
  // around the loops would cost more.
  let tile = min(index, tiles - 1);
  let column = tile % columnTiles * width;
  let row = tile / columnTiles % rowPairs * 2;
  let image = tile / (columnTiles * rowPairs);
  let channels = invocation.z * 4 + vec4u(0, 1, 2, 3);
  let weights = min(channels, vec4u(targetChannels - 1)) * targetChannelStep;
  let top = i32(row) * strideHeight - paddingHeight;
  let first = i32(column) * strideWidth - paddingWidth;
  var upper: Strip;
  var lower: Strip;
  for (var channel = 0u; channel < sourceChannels; channel++) {
    let plane = image * sourceChannels + channel;
    for (var i = 0u; i < kernelHeight; i++) {
      let sourceRow = top + i32(i) * dilationHeight;
      open(&upper, plane, sourceRow, first);
      open(&lower, plane, sourceRow + strideHeight, first);
      for (var j = 0u; j < kernelWidth; j++) {
        let factors = weightsAt(weights + channel * sourceChannelStep, i, j);
        multiply(&upper, factors);
        multiply(&lower, factors);
        slide(&upper, first + i32(j + 1) * dilationWidth);
        slide(&lower, first + i32(j + 1) * dilationWidth);
      }
    }
  }
  let inside = index < tiles;
  store(&upper, vec3u(image, row, column), channels, inside);
  let lowerInside = inside && row + 1 < targetHeight;
  store(&lower, vec3u(image, row + 1, column), channels, lowerInside);
}

// One element of the kernels that start at four places.
fn weightsAt(starts: vec4u, row: u32, column: u32) -> vec4f {
  let last = kernelHeight * kernelWidth - 1;
  let element = row * kernelWidth + column;
  let at = starts + select(element, last - element, turned);
  return vec4f(vec4<Weight>(
    weight[at.x], weight[at.y], weight[at.z], weight[at.w],
  ));
}

// Writes a strip's sums from an image, row and column of the output on.
fn store(
  strip: ptr<function, Strip>,
  position: vec3u,
  channels: vec4u,
  inside: bool,
) {
  var all = sums(strip);
  for (var i = 0u; i < 4; i++) {
    let plane = position.x * targetChannels + channels[i];
    let start = (plane * targetHeight + position.y) * targetWidth;
    for (var j = 0u; j < width; j++) {
      let column = position.z + j;
      if (inside && channels[i] < targetChannels && column < targetWidth) {
        let shift = select(0.0, bias[channels[i]], hasBias);
        output[start + column] = Target(all[j][i] + shift);
      }
    }
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradWeight: array<f32>;

var<workgroup> partial: array<vec4f, workgroupSize>;

override kernelRows: u32 = sourceChannels * kernelHeight;

// The gradient by the weight.
//
// One workgroup makes `width` elements of four kernel rows, of four target
// channels: a strip is what lies under a kernel row. Kernel rows are counted
// through all source channels. Workgroups along x run over parts of kernel
// rows, along y over kernel rows, along z over target channels. Each invocation
// goes along the rows of the gradient at its own index, that plus workgroupSize
// and so on. Then the first half of the invocations adds the sums of the second
// half to its own, and so on by halves.
@compute @workgroup_size(workgroupSize)
fn weightGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channels = workgroup.z * 4 + vec4u(0, 1, 2, 3);
  let kernelRow = workgroup.y * 4;
  let column = workgroup.x * width;
  let first = i32(column) * dilationWidth - paddingWidth;
  var a: Strip;
  var b: Strip;
  var c: Strip;
  var d: Strip;
  let rows = arrayLength(&gradOutput) / (targetChannels * targetWidth);
  for (var row = local; row < rows; row += workgroupSize) {
    let image = row / targetHeight;
    let top = i32(row % targetHeight) * strideHeight - paddingHeight;
    openUnder(&a, kernelRow, image, top, first);
    openUnder(&b, kernelRow + 1, image, top, first);
    openUnder(&c, kernelRow + 2, image, top, first);
    openUnder(&d, kernelRow + 3, image, top, first);
    let planes = image * targetChannels +
      min(channels, vec4u(targetChannels - 1));
    let starts = (planes * targetHeight + row % targetHeight) * targetWidth;
    for (var i = 0u; i < targetWidth; i++) {
      let at = starts + i;
      let factors = vec4f(
        gradOutput[at.x], gradOutput[at.y], gradOutput[at.z], gradOutput[at.w],
      );
      multiply(&a, factors);
      multiply(&b, factors);
      multiply(&c, factors);
      multiply(&d, factors);
      let next = first + i32(i + 1) * strideWidth;
      slide(&a, next);
      slide(&b, next);
      slide(&c, next);
      slide(&d, next);
    }
  }
  reduce(&a, kernelRow, column, channels.x, local);
  reduce(&b, kernelRow + 1, column, channels.x, local);
  reduce(&c, kernelRow + 2, column, channels.x, local);
  reduce(&d, kernelRow + 3, column, channels.x, local);
}

// Opens a strip on what lies under a kernel row, `top` under the first.
fn openUnder(
  strip: ptr<function, Strip>,
  kernelRow: u32,
  image: u32,
  top: i32,
  column: i32,
) {
  let row = min(kernelRow, kernelRows - 1);
  let plane = image * sourceChannels + row / kernelHeight;
  open(strip, plane, top + i32(row % kernelHeight) * dilationHeight, column);
}

// Adds a strip's sums over the workgroup and writes them.
fn reduce(
  strip: ptr<function, Strip>,
  kernelRow: u32,
  column: u32,
  firstChannel: u32,
  local: u32,
) {
  var all = sums(strip);
  let channel = firstChannel + local;
  let row = channel * kernelRows + kernelRow;
  let inside = local < 4 && channel < targetChannels && kernelRow < kernelRows;
  for (var i = 0u; i < width; i++) {
    partial[local] = all[i];
    for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
      workgroupBarrier();
      if (local < reach) {
        partial[local] += partial[local + reach];
      }
    }
    workgroupBarrier();
    if (inside && column + i < kernelWidth) {
      gradWeight[row * kernelWidth + column + i] = partial[0][local];
    }
    workgroupBarrier();
  }
}
