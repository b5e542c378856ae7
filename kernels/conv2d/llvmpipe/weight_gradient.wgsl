// The gradient of a convolution with respect to its weight for llvmpipe, with
// kernels of at most five rows and columns and without strides: see convolve.wgsl
// for what this driver runs fast. Images and the output's gradient come as
// pack.wgsl packs them, both in row tiles of the same columns; those of the images
// also have the columns that a kernel reaches, and those of the gradient may, for
// the gradient with respect to x reads them so.

override kernelHeight: u32;
override kernelWidth: u32;
// Columns of a row tile: 8, 14 or 16.
override rowTileWidth: u32;
override workgroupSize: u32;
// Columns of zeros before the first of the gradient, at most four, and texels of a
// line of it.
override left: u32;
override gradientTexels: u32;

struct Sizes {
  batch: u32,
  sourceChannels: u32,
  targetChannels: u32,
  targetHeight: u32,
  // Row tiles that cover a row.
  rowTiles: u32,
  // Rows of the packed source, rows of the packed gradient, and how many of the
  // latter are zeros before the first.
  rows: u32,
  gradientRows: u32,
  top: u32,
  imagesPerSplit: u32,
}

@group(0) @binding(0) var source: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var gradient: texture_storage_2d<rgba32float, read>;
// [splits, targetChannels, sourceChannels, kernelHeight, kernelWidth].
@group(0) @binding(2) var<storage, read_write> splits: array<f32>;

@group(0) @binding(3) var<uniform> sizes: Sizes;

override isNarrow: bool = rowTileWidth == 8;
// Of a line of the source: the columns of a row tile and those that a kernel over
// it reaches.
override texels: u32 = (rowTileWidth + kernelWidth + 2) / 4;
override area: u32 = kernelHeight * kernelWidth;

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

// Sixteen columns of the gradient in pairs; the first eight where a row tile is
// narrow.
struct RowTile {
  a: vec2f, b: vec2f, c: vec2f, d: vec2f,
  e: vec2f, f: vec2f, g: vec2f, h: vec2f,
}

// The columns of a line after those of zeros.
fn rowTileAt(line: u32) -> RowTile {
  let index = line + left / 4;
  let p = gradientAt(index);
  let q = gradientAt(index + 1);
  var r: vec4f;
  var s: vec4f;
  var t: vec4f;
  if (gradientTexels > 2) {
    r = gradientAt(index + 2);
  }
  if (gradientTexels > 3) {
    s = gradientAt(index + 3);
  }
  if (gradientTexels > 4) {
    t = gradientAt(index + 4);
  }
  let far = left % 4 >= 2;
  let a = select(p.xy, p.zw, far);
  let b = select(p.zw, q.xy, far);
  let c = select(q.xy, q.zw, far);
  let d = select(q.zw, r.xy, far);
  let e = select(r.xy, r.zw, far);
  let f = select(r.zw, s.xy, far);
  let g = select(s.xy, s.zw, far);
  let h = select(s.zw, t.xy, far);
  let i = select(t.xy, t.zw, far);
  if (left % 2 == 0) {
    return RowTile(a, b, c, d, e, f, g, h);
  }
  return RowTile(
    vec2f(a.y, b.x),
    vec2f(b.y, c.x),
    vec2f(c.y, d.x),
    vec2f(d.y, e.x),
    vec2f(e.y, f.x),
    vec2f(f.y, g.x),
    vec2f(g.y, h.x),
    vec2f(h.y, i.x),
  );
}

fn gradientAt(index: u32) -> vec4f {
  return textureLoad(gradient, vec2u(index % 4096, index / 4096));
}

// A row of gradients of four neighbouring channels.
struct RowTiles {
  a: RowTile,
  b: RowTile,
  c: RowTile,
  d: RowTile,
}

// Sums for the elements of a kernel row: the first four, and the last.
struct Row {
  most: vec4f,
  last: f32,
}

// Sums for a kernel row of four neighbouring target channels.
struct Rows {
  a: Row,
  b: Row,
  c: Row,
  d: Row,
}

// Those of up to five kernel rows.
struct Tile {
  a: Rows,
  b: Rows,
  c: Rows,
  d: Rows,
  e: Rows,
}

fn addLine(rows: Rows, gradients: RowTiles, line: Line) -> Rows {
  return Rows(
    addRowTile(rows.a, gradients.a, line),
    addRowTile(rows.b, gradients.b, line),
    addRowTile(rows.c, gradients.c, line),
    addRowTile(rows.d, gradients.d, line),
  );
}

// What a row tile of gradients gives a kernel row: at each of its elements the
// products with the columns that the element was over.
fn addRowTile(row: Row, s: RowTile, p: Line) -> Row {
  var sums = Row(vec4f(), 0);
  sums.most.x = product(s, p.a, p.b, p.c, p.d, p.e, p.f, p.g, p.h);
  if (kernelWidth > 1) {
    sums.most.y = between(s, p.a, p.b, p.c, p.d, p.e, p.f, p.g, p.h, p.i);
  }
  if (kernelWidth > 2) {
    sums.most.z = product(s, p.b, p.c, p.d, p.e, p.f, p.g, p.h, p.i);
  }
  if (kernelWidth > 3) {
    sums.most.w = between(s, p.b, p.c, p.d, p.e, p.f, p.g, p.h, p.i, p.j);
  }
  if (kernelWidth > 4) {
    sums.last = product(s, p.c, p.d, p.e, p.f, p.g, p.h, p.i, p.j);
  }
  return Row(row.most + sums.most, row.last + sums.last);
}

// Even columns and odd ones, each from the first to the last, and then both.
fn product(
  s: RowTile,
  a: vec2f,
  b: vec2f,
  c: vec2f,
  d: vec2f,
  e: vec2f,
  f: vec2f,
  g: vec2f,
  h: vec2f,
) -> f32 {
  var sum = s.a * a + s.b * b + s.c * c + s.d * d;
  if (!isNarrow) {
    sum = sum + s.e * e + s.f * f + s.g * g;
  }
  if (rowTileWidth > 14) {
    sum += s.h * h;
  }
  return sum.x + sum.y;
}

// The same one column further than the first pair.
fn between(
  s: RowTile,
  a: vec2f,
  b: vec2f,
  c: vec2f,
  d: vec2f,
  e: vec2f,
  f: vec2f,
  g: vec2f,
  h: vec2f,
  i: vec2f,
) -> f32 {
  return product(
    s,
    vec2f(a.y, b.x),
    vec2f(b.y, c.x),
    vec2f(c.y, d.x),
    vec2f(d.y, e.x),
    vec2f(e.y, f.x),
    vec2f(f.y, g.x),
    vec2f(g.y, h.x),
    vec2f(h.y, i.x),
  );
}

// One invocation makes the kernels of four target channels on one source
// channel, over the images of one split. Invocations run over source channels,
// then groups of target channels, then splits. Each sum runs over images, then row
// tiles, then rows of the gradient; the columns of a row in a sum of their own.
@compute @workgroup_size(workgroupSize)
fn weightGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * workgroupSize + local;
  let sourceChannels = sizes.sourceChannels;
  let groups = (sizes.targetChannels + 3) / 4;
  let batch = sizes.batch;
  let imagesPerSplit = sizes.imagesPerSplit;
  let splitCount = (batch + imagesPerSplit - 1) / imagesPerSplit;
  let split = min(index / (sourceChannels * groups), splitCount - 1);
  let channel = index / sourceChannels % groups * 4;
  let sourceChannel = index % sourceChannels;
  let first = split * imagesPerSplit;
  let height = sizes.targetHeight;
  let rowTiles = sizes.rowTiles;
  let steps = min(imagesPerSplit, batch - first) * rowTiles * height;
  let channels =
    min(channel + vec4u(0, 1, 2, 3), vec4u(sizes.targetChannels - 1));
  let gradientRows = sizes.gradientRows;
  var at = ((first * sizes.targetChannels + channels) * rowTiles * gradientRows +
    sizes.top) * gradientTexels;
  var line = (first * sourceChannels + sourceChannel) * rowTiles * sizes.rows *
    texels;
  // From the last row of a row tile to the first of the next, and from the last
  // row of an image to the first of the next.
  let toNext = (sizes.rows - height + 1) * texels;
  let toImage = toNext + (sourceChannels - 1) * rowTiles * sizes.rows * texels;
  let toGradient = (gradientRows - height + 1) * gradientTexels;
  let toGradientImage = toGradient +
    (sizes.targetChannels - 1) * rowTiles * gradientRows * gradientTexels;
  var rowsLeft = height;
  var tilesLeft = rowTiles;
  var tile: Tile;
  for (var step = 0u; step < steps; step++) {
    let gradients =
      RowTiles(rowTileAt(at.x), rowTileAt(at.y), rowTileAt(at.z), rowTileAt(at.w));
    tile.a = addLine(tile.a, gradients, lineAt(line));
    if (kernelHeight > 1) {
      tile.b = addLine(tile.b, gradients, lineAt(line + texels));
    }
    if (kernelHeight > 2) {
      tile.c = addLine(tile.c, gradients, lineAt(line + 2 * texels));
    }
    if (kernelHeight > 3) {
      tile.d = addLine(tile.d, gradients, lineAt(line + 3 * texels));
    }
    if (kernelHeight > 4) {
      tile.e = addLine(tile.e, gradients, lineAt(line + 4 * texels));
    }
    rowsLeft--;
    tilesLeft -= select(0u, 1u, rowsLeft == 0);
    line += select(texels, select(toNext, toImage, tilesLeft == 0), rowsLeft == 0);
    at += select(
      gradientTexels,
      select(toGradient, toGradientImage, tilesLeft == 0),
      rowsLeft == 0,
    );
    rowsLeft = select(rowsLeft, height, rowsLeft == 0);
    tilesLeft = select(tilesLeft, rowTiles, tilesLeft == 0);
  }
  // Those beyond the last split make it again, but do not write it.
  if (index < sourceChannels * groups * splitCount) {
    // One store after the other, in a loop that starts where a compiler cannot
    // see it: Mesa's driver takes long to compile a store, and unrolls loops.
    let weights = sizes.targetChannels * sourceChannels * area;
    let begin = channel * kernelHeight;
    for (var i = begin; i < begin + 4 * kernelHeight; i++) {
      let targetChannel = i / kernelHeight;
      let row = i % kernelHeight;
      let start = split * weights + sourceChannel * area + row * kernelWidth;
      storeRow(rowOf(tile, row, targetChannel - channel), start, targetChannel);
    }
  }
}

fn rowOf(tile: Tile, row: u32, channel: u32) -> Row {
  let rows = eitherRows(row < 2,
    eitherRows(row == 0, tile.a, tile.b),
    eitherRows(row == 4, tile.e, eitherRows(row == 2, tile.c, tile.d)));
  return eitherRow(channel < 2,
    eitherRow(channel == 0, rows.a, rows.b),
    eitherRow(channel == 2, rows.c, rows.d));
}

fn eitherRows(isFirst: bool, a: Rows, b: Rows) -> Rows {
  return Rows(
    eitherRow(isFirst, a.a, b.a),
    eitherRow(isFirst, a.b, b.b),
    eitherRow(isFirst, a.c, b.c),
    eitherRow(isFirst, a.d, b.d),
  );
}

fn eitherRow(isFirst: bool, a: Row, b: Row) -> Row {
  return Row(select(b.most, a.most, isFirst), select(b.last, a.last, isFirst));
}

fn storeRow(sums: Row, start: u32, channel: u32) {
  if (channel < sizes.targetChannels) {
    let at = start + channel * sizes.sourceChannels * area;
    storeElement(sums.most.x, at, 0);
    storeElement(sums.most.y, at, 1);
    storeElement(sums.most.z, at, 2);
    storeElement(sums.most.w, at, 3);
    storeElement(sums.last, at, 4);
  }
}

fn storeElement(sum: f32, start: u32, column: u32) {
  if (column < kernelWidth) {
    splits[start + column] = sum;
  }
}
