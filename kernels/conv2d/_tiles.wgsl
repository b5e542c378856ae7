// What windows see of the source, for products of matrices in tiles, of which the
// left one is never written down but read out of the images while a tile is
// loaded.
//
// Images are [batch, channels, height, width], weights [outChannels,
// inChannels, kernelHeight, kernelWidth]. Pixels are counted through all images;
// what a window sees has an index k, through source channels, then kernel rows,
// then kernel columns.

// #import "conv2d/_window.wgsl"

override area: u32 = targetHeight * targetWidth;
override kernelArea: u32 = kernelHeight * kernelWidth;
override depth: u32 = sourceChannels * kernelArea;
override sourceArea: u32 = sourceHeight * sourceWidth;

const invocations = 128u;

@group(0) @binding(1) var<storage, read> source: array<Source>;

// Four positions of the window: where their images begin in the source, and
// the row and column of the window's first element.
struct Windows {
  images: vec4u,
  tops: vec4i,
  lefts: vec4i,
  inside: vec4<bool>,
}

// Those of four target pixels; of what lies beyond `end` all is 0.
fn windowsOf(pixels: vec4u, end: u32) -> Windows {
  let known = min(pixels, vec4u(end - 1));
  return Windows(
    known / area * (sourceChannels * sourceArea),
    vec4i(known % area / targetWidth) * strideHeight - paddingHeight,
    vec4i(known % targetWidth) * strideWidth - paddingWidth,
    pixels < vec4u(end),
  );
}

// What four windows see at four indices, or at the same one.
fn seen(windows: Windows, k: vec4u) -> vec4f {
  let known = min(k, vec4u(depth - 1));
  let element = known % kernelArea;
  let row = windows.tops + vec4i(element / kernelWidth) * dilationHeight;
  let column = windows.lefts + vec4i(element % kernelWidth) * dilationWidth;
  let sourceRow = row / inputDilationHeight;
  let sourceColumn = column / inputDilationWidth;
  let lastRow = vec4i(i32(sourceHeight) - 1);
  let lastColumn = vec4i(i32(sourceWidth) - 1);
  let inside = windows.inside & (k < vec4u(depth)) &
    (row >= vec4i()) & (sourceRow <= lastRow) &
    (row % inputDilationHeight == vec4i()) &
    (column >= vec4i()) & (sourceColumn <= lastColumn) &
    (column % inputDilationWidth == vec4i());
  let at = windows.images + known / kernelArea * sourceArea +
    vec4u(clamp(sourceRow, vec4i(), lastRow)) * sourceWidth +
    vec4u(clamp(sourceColumn, vec4i(), lastColumn));
  let values = vec4<Source>(
    source[at.x], source[at.y], source[at.z], source[at.w],
  );
  return select(vec4f(), vec4f(values), inside);
}
