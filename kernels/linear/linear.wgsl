// A matrix product: linear layers and their gradients.
//
// output[row, column] = Σ left(row, k) · right(column, k), plus a bias for
// each column. The steps say where in the buffers the elements are: a matrix
// is read by rows or by columns.
//
// A group of `splits` invocations makes a tile of 4×4 elements. Each adds the
// products at its own index k, that plus `splits` and so on, in this order. Then
// they share out the elements, and add up the sums of the group for each, in
// the order of its invocations; the bias comes last.

// #import "lib/grid.wgsl"
// #import "linear/_gradients.wgsl"

struct Product {
  columns: u32,
  // How many invocations share a sum: a power of two, at most workgroupSize.
  splits: u32,
  hasBias: u32,
}

// From one row of `left`, or column of `right`, to the next, and along k.
struct Steps {
  leftStep: u32,
  leftDepthStep: u32,
  rightStep: u32,
  rightDepthStep: u32,
}

@group(0) @binding(0) var<storage, read> left: array<Left>;
@group(0) @binding(1) var<storage, read> right: array<Right>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// The same in fours, where their lengths are multiples of 4.
@group(0) @binding(0) var<storage, read> leftVectors: array<vec4<Left>>;
@group(0) @binding(1) var<storage, read> rightVectors: array<vec4<Right>>;

@group(0) @binding(6) var<uniform> sizes: Product;
@group(0) @binding(7) var<uniform> steps: Steps;

var<workgroup> partial: array<mat4x4f, workgroupSize>;

struct Tile {
  row: vec4u,
  column: vec4u,
  split: u32,
  rows: u32,
}

// The tile of an invocation, where `groupSize` of them share each.
fn tileOf(index: u32, rows: u32, columns: u32, groupSize: u32) -> Tile {
  let tileColumns = (columns + 3) / 4;
  let tile = index / groupSize;
  return Tile(
    tile / tileColumns * 4 + vec4u(0, 1, 2, 3),
    tile % tileColumns * 4 + vec4u(0, 1, 2, 3),
    index % groupSize,
    rows,
  );
}

@compute @workgroup_size(workgroupSize)
fn product(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let columns = sizes.columns;
  let splits = sizes.splits;
  let index = itemOf(invocation, workgroups);
  let tile = tileOf(index, arrayLength(&output) / columns, columns, splits);
  let depth = arrayLength(&right) / columns;
  let leftStart = min(tile.row, vec4u(tile.rows - 1)) * steps.leftStep;
  let rightStart = min(tile.column, vec4u(columns - 1)) * steps.rightStep;
  var sums: mat4x4f;
  for (var k = tile.split; k < depth; k += splits) {
    let l = leftStart + k * steps.leftDepthStep;
    let r = rightStart + k * steps.rightDepthStep;
    let factors = vec4f(vec4<Left>(left[l.x], left[l.y], left[l.z], left[l.w]));
    let terms =
      vec4f(vec4<Right>(right[r.x], right[r.y], right[r.z], right[r.w]));
    sums += products(factors, terms);
  }
  partial[local] = sums;
  workgroupBarrier();
  store(tile, local - tile.split);
}

// Where both are read by rows of a length that is a multiple of 4: an
// invocation takes four products at once, and k counts fours.
@compute @workgroup_size(workgroupSize)
fn productOfRows(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let columns = sizes.columns;
  let splits = sizes.splits;
  let index = itemOf(invocation, workgroups);
  let tile = tileOf(index, arrayLength(&output) / columns, columns, splits);
  let depth = arrayLength(&rightVectors) / columns;
  let l = min(tile.row, vec4u(tile.rows - 1)) * depth;
  let r = min(tile.column, vec4u(columns - 1)) * depth;
  var sums: mat4x4f;
  for (var k = tile.split; k < depth; k += splits) {
    let a = mat4x4f(
      vec4f(leftVectors[l.x + k]),
      vec4f(leftVectors[l.y + k]),
      vec4f(leftVectors[l.z + k]),
      vec4f(leftVectors[l.w + k]),
    );
    let b = transpose(mat4x4f(
      vec4f(rightVectors[r.x + k]),
      vec4f(rightVectors[r.y + k]),
      vec4f(rightVectors[r.z + k]),
      vec4f(rightVectors[r.w + k]),
    ));
    sums += b * a;
  }
  partial[local] = sums;
  workgroupBarrier();
  store(tile, local - tile.split);
}

// A group shares out the elements of its tile. `first` is its first invocation.
fn store(tile: Tile, first: u32) {
  let columns = sizes.columns;
  for (var i = tile.split; i < 16; i += sizes.splits) {
    var total = 0.0;
    for (var j = first; j < first + sizes.splits; j++) {
      total += partial[j][i / 4][i % 4];
    }
    let row = tile.row.x + i / 4;
    let column = tile.column.x + i % 4;
    if (row < tile.rows && column < columns) {
      let shift = select(0.0, bias[column], sizes.hasBias != 0);
      output[row * columns + column] = total + shift;
    }
  }
}

struct Gradients {
  columns: u32,
  outFeatures: u32,
  // How many invocations share a sum of each gradient, and how many workgroups
  // make the weight's: those after them make that of x.
  weightSplits: u32,
  inputSplits: u32,
  weightGroups: u32,
}

@group(0) @binding(6) var<uniform> layer: Gradients;

var<workgroup> partialBias: array<vec4f, workgroupSize>;

// All gradients at once, where x and the weight have rows of a length that is a
// multiple of 4, `columns`. The gradient with respect to the bias is summed as
// the elements of the weight's are.
@compute @workgroup_size(workgroupSize)
fn gradients(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  if (group < layer.weightGroups) {
    makeGradWeight(group * workgroupSize + local, local);
  } else {
    makeGradX((group - layer.weightGroups) * workgroupSize + local, local);
  }
}

fn makeGradWeight(index: u32, local: u32) {
  let splits = layer.weightSplits;
  let tile = tileOf(index, layer.outFeatures, layer.columns, splits);
  let column = min(tile.column.x, layer.columns - 4) / 4;
  let rows = min(tile.row, vec4u(layer.outFeatures - 1));
  var sums: mat4x4f;
  var biasSums: vec4f;
  let depth = arrayLength(&x) * 4 / layer.columns;
  for (var k = tile.split; k < depth; k += layer.weightSplits) {
    let factors = gradientsAt(k * layer.outFeatures + rows);
    sums += products(factors, vec4f(x[k * (layer.columns / 4) + column]));
    biasSums += factors;
  }
  partial[local] = sums;
  partialBias[local] = biasSums;
  workgroupBarrier();
  let first = local - tile.split;
  for (var i = tile.split; i < 4; i += layer.weightSplits) {
    let row = tile.row.x + i;
    if (row < tile.rows && tile.column.x < layer.columns) {
      gradWeight[row * (layer.columns / 4) + column] =
        total(first, i, layer.weightSplits);
      if (column == 0) {
        gradBias[row] = totalBias(first, i);
      }
    }
  }
}

fn makeGradX(index: u32, local: u32) {
  let rows = arrayLength(&gradOutput) / layer.outFeatures;
  let tile = tileOf(index, rows, layer.columns, layer.inputSplits);
  let column = min(tile.column.x, layer.columns - 4) / 4;
  let starts = min(tile.row, vec4u(rows - 1)) * layer.outFeatures;
  var sums: mat4x4f;
  for (var k = tile.split; k < layer.outFeatures; k += layer.inputSplits) {
    let terms = weight[k * (layer.columns / 4) + column];
    sums += products(gradientsAt(starts + k), terms);
  }
  partial[local] = sums;
  workgroupBarrier();
  for (var i = tile.split; i < 4; i += layer.inputSplits) {
    let row = tile.row.x + i;
    if (row < tile.rows && tile.column.x < layer.columns) {
      gradX[row * (layer.columns / 4) + column] =
        total(local - tile.split, i, layer.inputSplits);
    }
  }
}

// A group's sums for a row of its tile.
fn total(first: u32, row: u32, groupSize: u32) -> vec4f {
  var sum: vec4f;
  for (var i = first; i < first + groupSize; i++) {
    sum += partial[i][row];
  }
  return sum;
}

fn totalBias(first: u32, row: u32) -> f32 {
  var sum = 0.0;
  for (var i = first; i < first + layer.weightSplits; i++) {
    sum += partialBias[i][row];
  }
  return sum;
}
