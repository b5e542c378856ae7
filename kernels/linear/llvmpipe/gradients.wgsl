// The gradients of a linear layer for llvmpipe, all at once, where x and the weight
// have rows of a length that is a multiple of 4, `columns`.
//
// One invocation makes whole sums, of four rows and eight columns, in the order of
// k, and with the first columns of the weight those of the bias: nothing is shared,
// and a number is loaded for more products.

// #import "linear/_gradients.wgsl"

override workgroupSize: u32;

struct Gradients {
  columns: u32,
  outFeatures: u32,
  // How many workgroups make the weight's gradient: those after them make x's.
  weightGroups: u32,
}

@group(0) @binding(6) var<uniform> layer: Gradients;

@compute @workgroup_size(workgroupSize)
fn gradients(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  if (group < layer.weightGroups) {
    makeWeightTile(tileOf(group * workgroupSize + local));
  } else {
    let index = (group - layer.weightGroups) * workgroupSize + local;
    makeXTile(tileOf(index));
  }
}

// Its first row, and its two fours of columns, which may be one.
struct Tile {
  row: u32,
  first: u32,
  second: u32,
}

fn tileOf(index: u32) -> Tile {
  let fours = layer.columns / 4;
  let across = (fours + 1) / 2;
  let first = index % across * 2;
  return Tile(index / across * 4, first, min(first + 1, fours - 1));
}

fn makeWeightTile(tile: Tile) {
  let fours = layer.columns / 4;
  let rows =
    min(tile.row + vec4u(0, 1, 2, 3), vec4u(layer.outFeatures - 1));
  var first: mat4x4f;
  var second: mat4x4f;
  var biasSums: vec4f;
  for (var k = 0u; k < arrayLength(&x) / fours; k++) {
    let factors = gradientsAt(k * layer.outFeatures + rows);
    first += products(factors, vec4f(x[k * fours + tile.first]));
    second += products(factors, vec4f(x[k * fours + tile.second]));
    biasSums += factors;
  }
  let end = min(tile.row + 4, layer.outFeatures);
  for (var row = tile.row; row < end; row++) {
    let i = row - tile.row;
    gradWeight[row * fours + tile.first] = rowOf(first, i);
    gradWeight[row * fours + tile.second] =
      select(rowOf(second, i), rowOf(first, i), tile.first == tile.second);
    if (tile.first == 0) {
      gradBias[row] = biasSums[i];
    }
  }
}

fn makeXTile(tile: Tile) {
  let fours = layer.columns / 4;
  let rows = arrayLength(&gradOutput) / layer.outFeatures;
  let starts =
    min(tile.row + vec4u(0, 1, 2, 3), vec4u(rows - 1)) * layer.outFeatures;
  var first: mat4x4f;
  var second: mat4x4f;
  for (var k = 0u; k < layer.outFeatures; k++) {
    let factors = gradientsAt(starts + k);
    first += products(factors, weight[k * fours + tile.first]);
    second += products(factors, weight[k * fours + tile.second]);
  }
  for (var row = tile.row; row < min(tile.row + 4, rows); row++) {
    let i = row - tile.row;
    gradX[row * fours + tile.first] = rowOf(first, i);
    gradX[row * fours + tile.second] =
      select(rowOf(second, i), rowOf(first, i), tile.first == tile.second);
  }
}

// By selection: an index that is computed costs a processor a memory of its own.
fn rowOf(sums: mat4x4f, row: u32) -> vec4f {
  let upper = select(sums[1], sums[0], row == 0);
  let lower = select(sums[3], sums[2], row == 2);
  return select(lower, upper, row < 2);
}
