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

override columns: u32;
// From one row of `left`, or column of `right`, to the next, and along k.
override leftStep: u32;
override leftDepthStep: u32;
override rightStep: u32;
override rightDepthStep: u32;
override hasBias: bool;
// How many invocations share a sum: a power of two, at most workgroupSize.
override splits: u32;

@group(0) @binding(0) var<storage, read> left: array<Left>;
@group(0) @binding(1) var<storage, read> right: array<Right>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// The same in fours, where their lengths are multiples of 4.
@group(0) @binding(0) var<storage, read> leftVectors: array<vec4<Left>>;
@group(0) @binding(1) var<storage, read> rightVectors: array<vec4<Right>>;

var<workgroup> partial: array<mat4x4f, workgroupSize>;

struct Tile {
  row: vec4u,
  column: vec4u,
  split: u32,
  rows: u32,
}

// The tile of an invocation, where `groupSize` of them share each.
fn tileOf(index: u32, rows: u32, groupSize: u32) -> Tile {
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
  let index = itemOf(invocation, workgroups);
  let tile = tileOf(index, arrayLength(&output) / columns, splits);
  let depth = arrayLength(&right) / columns;
  let leftStart = min(tile.row, vec4u(tile.rows - 1)) * leftStep;
  let rightStart = min(tile.column, vec4u(columns - 1)) * rightStep;
  var sums: mat4x4f;
  for (var k = tile.split; k < depth; k += splits) {
    let l = leftStart + k * leftDepthStep;
    let r = rightStart + k * rightDepthStep;
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
  let index = itemOf(invocation, workgroups);
  let tile = tileOf(index, arrayLength(&output) / columns, splits);
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

fn products(factors: vec4f, terms: vec4f) -> mat4x4f {
  return mat4x4f(
    factors.x * terms,
    factors.y * terms,
    factors.z * terms,
    factors.w * terms,
  );
}

// A group shares out the elements of its tile. `first` is its first invocation.
fn store(tile: Tile, first: u32) {
  for (var i = tile.split; i < 16; i += splits) {
    var total = 0.0;
    for (var j = first; j < first + splits; j++) {
      total += partial[j][i / 4][i % 4];
    }
    let row = tile.row.x + i / 4;
    let column = tile.column.x + i % 4;
    if (row < tile.rows && column < columns) {
      output[row * columns + column] = total + select(0.0, bias[column], hasBias);
    }
  }
}

override outFeatures: u32;
// How many invocations share a sum of each gradient, and how many workgroups
// make the weight's: those after them make that of x.
override weightSplits: u32;
override inputSplits: u32;
override weightGroups: u32;

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<vec4<Right>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradX: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gradWeight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> gradBias: array<f32>;

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
  if (group < weightGroups) {
    makeGradWeight(group * workgroupSize + local, local);
  } else {
    makeGradX((group - weightGroups) * workgroupSize + local, local);
  }
}

fn makeGradWeight(index: u32, local: u32) {
  let tile = tileOf(index, outFeatures, weightSplits);
  let column = min(tile.column.x, columns - 4) / 4;
  let rows = min(tile.row, vec4u(outFeatures - 1));
  var sums: mat4x4f;
  var biasSums: vec4f;
  for (var k = tile.split; k < arrayLength(&x) * 4 / columns; k += weightSplits) {
    let factors = gradientsAt(k * outFeatures + rows);
    sums += products(factors, vec4f(x[k * (columns / 4) + column]));
    biasSums += factors;
  }
  partial[local] = sums;
  partialBias[local] = biasSums;
  workgroupBarrier();
  let first = local - tile.split;
  for (var i = tile.split; i < 4; i += weightSplits) {
    let row = tile.row.x + i;
    if (row < tile.rows && tile.column.x < columns) {
      gradWeight[row * (columns / 4) + column] = total(first, i, weightSplits);
      if (column == 0) {
        gradBias[row] = totalBias(first, i);
      }
    }
  }
}

fn makeGradX(index: u32, local: u32) {
  let rows = arrayLength(&gradOutput) / outFeatures;
  let tile = tileOf(index, rows, inputSplits);
  let column = min(tile.column.x, columns - 4) / 4;
  let starts = min(tile.row, vec4u(rows - 1)) * outFeatures;
  var sums: mat4x4f;
  for (var k = tile.split; k < outFeatures; k += inputSplits) {
    let terms = weight[k * (columns / 4) + column];
    sums += products(gradientsAt(starts + k), terms);
  }
  partial[local] = sums;
  workgroupBarrier();
  for (var i = tile.split; i < 4; i += inputSplits) {
    let row = tile.row.x + i;
    if (row < tile.rows && tile.column.x < columns) {
      gradX[row * (columns / 4) + column] =
        total(local - tile.split, i, inputSplits);
    }
  }
}

fn gradientsAt(at: vec4u) -> vec4f {
  return vec4f(
    gradOutput[at.x],
    gradOutput[at.y],
    gradOutput[at.z],
    gradOutput[at.w],
  );
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
  for (var i = first; i < first + weightSplits; i++) {
    sum += partialBias[i][row];
  }
  return sum;
}
