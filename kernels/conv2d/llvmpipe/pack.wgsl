// Images and weights as the convolution for llvmpipe reads them: in textures, see
// convolve.wgsl. Texel i of a texture is at column i % 4096 of row
// i / 4096.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> values: array<Value>;
@group(0) @binding(1) var packed: texture_storage_2d<rgba32float, write>;

fn put(index: u32, texel: vec4f) {
  textureStore(packed, vec2u(index % 4096, index / 4096), texel);
}

override imageHeight: i32;
override imageWidth: i32;
// Rows and columns of zeros before the first of the image.
override top: i32;
override left: i32;
// Columns from one row tile to the next.
override rowTileWidth: u32;
// How many row tiles, rows and texels of a row a plane is packed into.
override rowTiles: u32;
override rows: u32;
override texels: u32;

// Images [planes, imageHeight, imageWidth] as [planes, rowTiles, rows, texels]: a
// row tile has its own columns and those that a window over it reaches. What lies
// outside of the image is 0.
//
// One invocation makes one row of one row tile.
@compute @workgroup_size(workgroupSize)
fn packImages(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let plane = index / (rows * rowTiles);
  let row = i32(index % rows) - top;
  let column = i32(index / rows % rowTiles * rowTileWidth) - left;
  if (plane < arrayLength(&values) / u32(imageHeight * imageWidth)) {
    var texel = index * texels;
    for (var x = column; x < column + 4 * i32(texels); x += 4) {
      put(texel, vec4f(
        pixel(plane, row, x),
        pixel(plane, row, x + 1),
        pixel(plane, row, x + 2),
        pixel(plane, row, x + 3),
      ));
      texel++;
    }
  }
}

fn pixel(plane: u32, row: i32, column: i32) -> f32 {
  let inside = row >= 0 && row < imageHeight && column >= 0 &&
    column < imageWidth;
  let start = plane * u32(imageHeight * imageWidth);
  let offset = clamp(row, 0, imageHeight - 1) * imageWidth +
    clamp(column, 0, imageWidth - 1);
  return select(0.0, f32(values[start + u32(offset)]), inside);
}

override sourceChannels: u32;
override targetChannels: u32;
override kernelHeight: u32;
override kernelWidth: u32;
// From the weights of one channel to those of the next.
override sourceChannelStep: u32;
override targetChannelStep: u32;
// Whether the kernel is flipped along both axes, as for the gradient with respect
// to x.
override flipped: bool;

// Weights as [targetChannels / 4, sourceChannels, kernelHeight, 5]: each texel is
// one element of the kernels of four target channels. What lies outside is 0.
//
// One invocation makes one texel.
@compute @workgroup_size(workgroupSize)
fn packWeights(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let column = index % 5;
  let row = index / 5 % kernelHeight;
  let source = index / (5 * kernelHeight) % sourceChannels;
  let targets = index / (5 * kernelHeight * sourceChannels) * 4 +
    vec4u(0, 1, 2, 3);
  let element = row * kernelWidth + min(column, kernelWidth - 1);
  let offset = source * sourceChannelStep +
    select(element, kernelHeight * kernelWidth - 1 - element, flipped);
  let at = min(targets, vec4u(targetChannels - 1)) * targetChannelStep + offset;
  let weights = vec4<Value>(
    values[at.x], values[at.y], values[at.z], values[at.w],
  );
  let inside = (targets < vec4u(targetChannels)) &
    vec4<bool>(column < kernelWidth);
  if (targets.x < targetChannels) {
    put(index, select(vec4f(), vec4f(weights), inside));
  }
}
