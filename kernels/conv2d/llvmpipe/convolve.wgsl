// Convolution in two dimensions for Mesa's llvmpipe, an adapter that runs on the
// CPU, with kernels of at most five columns and without strides.
//
// This driver runs eight invocations at a time, each in a lane of a vector. It
// loads from a storage buffer lane by lane, in a loop with a branch, but a texel
// of four numbers at once: for a quarter of the price. Hence the textures, which
// pack.wgsl fills. A lane's sums stay in registers, or beside them on
// the stack, as long as no index into them is computed.
//
// A window slides over the images called source, and each position of it is a
// pixel of the images called target: the output, or the gradient with respect to
// x. A row tile is 8, 14 or 16 columns of a row of the target.

// Rows that are added at once: those of the kernel where there are three, else 1.
override rowsAtOnce: u32;
override kernelWidth: u32;
// Columns of a row tile: 8, 14 or 16.
override rowTileWidth: u32;
override workgroupSize: u32;

struct Sizes {
  sourceChannels: u32,
  targetChannels: u32,
  targetHeight: u32,
  targetWidth: u32,
  kernelHeight: u32,
  // Row tiles that cover a row.
  rowTiles: u32,
  // Rows of the packed source.
  rows: u32,
  hasBias: u32,
}

@group(0) @binding(0) var source: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var weight: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
// One of these: pairs of columns where the width is even.
@group(0) @binding(3) var<storage, read_write> pairs: array<vec2<Target>>;
@group(0) @binding(3) var<storage, read_write> singles: array<Target>;

@group(0) @binding(4) var<uniform> sizes: Sizes;

override isNarrow: bool = rowTileWidth == 8;
// Of a line of the source: the columns of a row tile, and those that a window over
// it reaches.
override texels: u32 = (rowTileWidth + kernelWidth + 2) / 4;

// Twenty columns of the source in pairs, those of `texels` first.
struct Line {
  a: vec2f, b: vec2f, c: vec2f, d: vec2f, e: vec2f,
  f: vec2f, g: vec2f, h: vec2f, i: vec2f, j: vec2f,
}

fn lineAt(index: u32) -> Line {
  let p = sourceAt(index);
  let q = sourceAt(index + 1);
  var r: vec4f;
  var s: vec4f;
  var t: vec4f;
  if (texels > 2) {
    r = sourceAt(index + 2);
  }
  if (texels > 3) {
    s = sourceAt(index + 3);
  }
  if (texels > 4) {
    t = sourceAt(index + 4);
  }
  return Line(p.xy, p.zw, q.xy, q.zw, r.xy, r.zw, s.xy, s.zw, t.xy, t.zw);
}

fn sourceAt(index: u32) -> vec4f {
  return textureLoad(source, vec2u(index % 4096, index / 4096));
}

fn weightAt(index: u32) -> vec4f {
  return textureLoad(weight, vec2u(index % 4096, index / 4096));
}

// Sums for sixteen columns of a row of the target, in pairs.
struct RowTile {
  a: vec2f, b: vec2f, c: vec2f, d: vec2f,
  e: vec2f, f: vec2f, g: vec2f, h: vec2f,
}

struct Tile {
  upper: RowTile,
  lower: RowTile,
}

// A tile and what a row of the kernel sees in two lines.
fn add(tile: Tile, upper: Line, lower: Line, w: vec4f, last: f32) -> Tile {
  return Tile(
    addLine(tile.upper, upper, w, last),
    addLine(tile.lower, lower, w, last),
  );
}

fn addLine(rowTile: RowTile, p: Line, w: vec4f, last: f32) -> RowTile {
  var sums = rowTile;
  sums.a += window(p.a, p.b, p.c, w, last);
  sums.b += window(p.b, p.c, p.d, w, last);
  sums.c += window(p.c, p.d, p.e, w, last);
  sums.d += window(p.d, p.e, p.f, w, last);
  if (!isNarrow) {
    sums.e += window(p.e, p.f, p.g, w, last);
    sums.f += window(p.f, p.g, p.h, w, last);
    sums.g += window(p.g, p.h, p.i, w, last);
  }
  if (rowTileWidth > 14) {
    sums.h += window(p.h, p.i, p.j, w, last);
  }
  return sums;
}

// A row of the kernel over six columns, at its first position and the next.
fn window(p: vec2f, q: vec2f, r: vec2f, w: vec4f, last: f32) -> vec2f {
  var sum = p * w.x;
  if (kernelWidth > 1) {
    sum += vec2f(p.y, q.x) * w.y;
  }
  if (kernelWidth > 2) {
    sum += q * w.z;
  }
  if (kernelWidth > 3) {
    sum += vec2f(q.y, r.x) * w.w;
  }
  if (kernelWidth > 4) {
    sum += r * last;
  }
  return sum;
}

// Where a tile lies in the target.
struct Place {
  inside: bool,
  image: u32,
  row: u32,
  rowTile: u32,
  channel: u32,
}

// Tiles of four neighbouring channels.
struct Tiles {
  a: Tile,
  b: Tile,
  c: Tile,
  d: Tile,
}

fn placeOf(workgroup: vec3u, workgroups: vec3u, local: u32, count: u32) -> Place {
  let index = (workgroup.z * workgroups.y + workgroup.y) * workgroupSize + local;
  let rowTiles = sizes.rowTiles;
  let tilesOfImage = (sizes.targetHeight + 1) / 2 * rowTiles;
  let images = count /
    (sizes.targetChannels * sizes.targetHeight * sizes.targetWidth);
  // Those beyond the last tile make it again, but do not write it.
  let tile = min(index, images * tilesOfImage - 1);
  let image = tile / tilesOfImage;
  return Place(
    index < images * tilesOfImage,
    image,
    (tile - image * tilesOfImage) / rowTiles * 2,
    tile % rowTiles,
    workgroup.x * 4,
  );
}

// Each sum runs over source channels, then kernel rows, then kernel columns,
// these in a sum of their own.
fn sums(place: Place) -> Tiles {
  var tiles: Tiles;
  let kernelHeight = sizes.kernelHeight;
  let rows = sizes.rows;
  let steps = sizes.sourceChannels * kernelHeight / rowsAtOnce;
  // From the last row of the kernel to its first on the next channel.
  let toNext = sizes.rowTiles * rows - kernelHeight + rowsAtOnce;
  let plane = place.image * sizes.sourceChannels * sizes.rowTiles;
  var line = ((plane + place.rowTile) * rows + place.row) * texels;
  var first = place.channel / 4 * sizes.sourceChannels * kernelHeight * kernelWidth;
  var rowsLeft = kernelHeight;
  for (var step = 0u; step < steps; step++) {
    let upper = lineAt(line);
    let lower = lineAt(line + texels);
    tiles = addRow(tiles, upper, lower, first);
    first += kernelWidth;
    if (rowsAtOnce > 1) {
      let next = lineAt(line + 2 * texels);
      tiles = addRow(tiles, lower, next, first);
      tiles = addRow(tiles, next, lineAt(line + 3 * texels), first + kernelWidth);
      first += 2 * kernelWidth;
    }
    rowsLeft -= rowsAtOnce;
    line += select(rowsAtOnce, toNext, rowsLeft == 0) * texels;
    rowsLeft = select(rowsLeft, kernelHeight, rowsLeft == 0);
  }
  return tiles;
}

// Tiles and what a row of the kernels, from its first texel on, sees in two lines.
fn addRow(tiles: Tiles, upper: Line, lower: Line, first: u32) -> Tiles {
  let p = weightAt(first);
  let q = weightAt(first + 1);
  let r = weightAt(first + 2);
  let s = weightAt(first + 3);
  let t = weightAt(first + 4);
  return Tiles(
    add(tiles.a, upper, lower, vec4f(p.x, q.x, r.x, s.x), t.x),
    add(tiles.b, upper, lower, vec4f(p.y, q.y, r.y, s.y), t.y),
    add(tiles.c, upper, lower, vec4f(p.z, q.z, r.z, s.z), t.z),
    add(tiles.d, upper, lower, vec4f(p.w, q.w, r.w, s.w), t.w),
  );
}

// A row of a tile. Rows are stored one after the other, in a loop that starts
// where a compiler cannot see it: Mesa's driver takes long to compile a store,
// and unrolls loops.
fn rowOf(tiles: Tiles, index: u32) -> RowTile {
  let channel = index / 2;
  let tile = eitherTile(channel < 2,
    eitherTile(channel == 0, tiles.a, tiles.b),
    eitherTile(channel == 2, tiles.c, tiles.d));
  return eitherRowTile(index % 2 == 0, tile.upper, tile.lower);
}

fn eitherTile(isFirst: bool, a: Tile, b: Tile) -> Tile {
  return Tile(
    eitherRowTile(isFirst, a.upper, b.upper),
    eitherRowTile(isFirst, a.lower, b.lower),
  );
}

fn eitherRowTile(isFirst: bool, a: RowTile, b: RowTile) -> RowTile {
  return RowTile(
    select(b.a, a.a, isFirst),
    select(b.b, a.b, isFirst),
    select(b.c, a.c, isFirst),
    select(b.d, a.d, isFirst),
    select(b.e, a.e, isFirst),
    select(b.f, a.f, isFirst),
    select(b.g, a.g, isFirst),
    select(b.h, a.h, isFirst),
  );
}

// One invocation makes four channels of a tile of two rows and `rowTileWidth`
// columns. Workgroups along x run over channels, so that neighbours in time read
// the same lines; along y and z over tiles.
@compute @workgroup_size(workgroupSize)
fn convolveEven(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let count = arrayLength(&pairs) * 2;
  let place = placeOf(workgroup, workgroups, local, count);
  let tiles = sums(place);
  let start = place.channel * 2;
  for (var i = start; i < start + 8; i++) {
    let channel = i / 2;
    let row = place.row + i % 2;
    let inside = channel < sizes.targetChannels && row < sizes.targetHeight;
    if (place.inside && inside) {
      storePairRow(rowOf(tiles, i - start), place, channel, row);
    }
  }
}

fn storePairRow(rowTile: RowTile, place: Place, channel: u32, row: u32) {
  let column = place.rowTile * rowTileWidth;
  let at = start(place, channel, row, column) / 2;
  let shift = shiftOf(channel);
  storePair(rowTile.a + shift, at, column);
  storePair(rowTile.b + shift, at + 1, column + 2);
  storePair(rowTile.c + shift, at + 2, column + 4);
  storePair(rowTile.d + shift, at + 3, column + 6);
  if (!isNarrow) {
    storePair(rowTile.e + shift, at + 4, column + 8);
    storePair(rowTile.f + shift, at + 5, column + 10);
    storePair(rowTile.g + shift, at + 6, column + 12);
  }
  if (rowTileWidth > 14) {
    storePair(rowTile.h + shift, at + 7, column + 14);
  }
}

fn storePair(pair: vec2f, at: u32, column: u32) {
  if (column < sizes.targetWidth) {
    pairs[at] = vec2<Target>(pair);
  }
}

fn start(place: Place, channel: u32, row: u32, column: u32) -> u32 {
  let plane = place.image * sizes.targetChannels + channel;
  return (plane * sizes.targetHeight + row) * sizes.targetWidth + column;
}

fn shiftOf(channel: u32) -> f32 {
  if (sizes.hasBias != 0) {
    return bias[channel];
  }
  return 0.0;
}

// The same where the width is odd.
@compute @workgroup_size(workgroupSize)
fn convolveOdd(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let place = placeOf(workgroup, workgroups, local, arrayLength(&singles));
  let tiles = sums(place);
  let start = place.channel * 2;
  for (var i = start; i < start + 8; i++) {
    let channel = i / 2;
    let row = place.row + i % 2;
    let inside = channel < sizes.targetChannels && row < sizes.targetHeight;
    if (place.inside && inside) {
      storeSingleRow(rowOf(tiles, i - start), place, channel, row);
    }
  }
}

fn storeSingleRow(rowTile: RowTile, place: Place, channel: u32, row: u32) {
  let column = place.rowTile * rowTileWidth;
  let at = start(place, channel, row, column);
  let shift = shiftOf(channel);
  storeTwo(rowTile.a + shift, at, column);
  storeTwo(rowTile.b + shift, at + 2, column + 2);
  storeTwo(rowTile.c + shift, at + 4, column + 4);
  storeTwo(rowTile.d + shift, at + 6, column + 6);
  if (!isNarrow) {
    storeTwo(rowTile.e + shift, at + 8, column + 8);
    storeTwo(rowTile.f + shift, at + 10, column + 10);
    storeTwo(rowTile.g + shift, at + 12, column + 12);
  }
  if (rowTileWidth > 14) {
    storeTwo(rowTile.h + shift, at + 14, column + 14);
  }
}

fn storeTwo(pair: vec2f, at: u32, column: u32) {
  if (column < sizes.targetWidth) {
    singles[at] = Target(pair.x);
  }
  if (column + 1 < sizes.targetWidth) {
    singles[at + 1] = Target(pair.y);
  }
}
