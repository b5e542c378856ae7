// Products of matrices: output[b, row, column] = Σ left(row, k) · right(k, column)
// of the matrices of left and right that belong to b.
//
// A workgroup makes a tile of 32×32 elements of one product, an invocation 4×4 of
// them. 16 rows or columns of depth at a time lie in workgroup memory; an element
// adds its products in the order of k.

override workgroupSize: u32;

// Rows, columns and depth; from one row of left to the next and along k; from one
// k of right to the next and along columns; then for each product the indices of
// its two matrices.
@group(0) @binding(0) var<storage, read> sizes: array<u32>;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

const side = 32u;
const most = 16u;

// By k, then by row or column.
var<workgroup> leftTile: array<f32, 512>;
var<workgroup> rightTile: array<f32, 512>;

struct Place {
  k: u32,
  along: u32,
}

// Neighbouring invocations take what lies side by side.
fn placeOf(index: u32, isByDepth: bool) -> Place {
  if (isByDepth) {
    return Place(index % most, index / most);
  }
  return Place(index / side, index % side);
}

fn fill(first: vec2u, start: vec2u, firstK: u32, local: u32) {
  let size = vec3u(sizes[0], sizes[1], sizes[2]);
  for (var index = local; index < side * most; index += workgroupSize) {
    let l = placeOf(index, sizes[4] == 1u);
    let row = first.x + l.along;
    let k = firstK + l.k;
    var value = 0.0;
    if (row < size.x && k < size.z) {
      value = left[start.x + row * sizes[3] + k * sizes[4]];
    }
    leftTile[l.k * side + l.along] = value;
    let r = placeOf(index, sizes[5] == 1u);
    let column = first.y + r.along;
    let rightK = firstK + r.k;
    value = 0.0;
    if (column < size.y && rightK < size.z) {
      value = right[start.y + rightK * sizes[5] + column * sizes[6]];
    }
    rightTile[r.k * side + r.along] = value;
  }
}

@compute @workgroup_size(workgroupSize)
fn matmul(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = sizes[0];
  let columns = sizes[1];
  let depth = sizes[2];
  let tilesAcross = (columns + side - 1) / side;
  let tiles = (rows + side - 1) / side * tilesAcross;
  let item = workgroup.y * workgroups.x + workgroup.x;
  let product = item / tiles;
  if (product >= (arrayLength(&sizes) - 7) / 2) {
    return;
  }
  let tile = item % tiles;
  let first = vec2u(tile / tilesAcross, tile % tilesAcross) * side;
  let matrices = vec2u(sizes[7 + 2 * product], sizes[8 + 2 * product]);
  let start = matrices * vec2u(rows, columns) * depth;
  let own = vec2u(local / 8, local % 8) * 4;
  var sums: mat4x4f;
  for (var firstK = 0u; firstK < depth; firstK += most) {
    fill(first, start, firstK, local);
    workgroupBarrier();
    let end = min(depth - firstK, most);
    for (var k = 0u; k < end; k++) {
      let l = k * side + own.x;
      let r = k * side + own.y;
      let factors =
        vec4f(leftTile[l], leftTile[l + 1], leftTile[l + 2], leftTile[l + 3]);
      let terms =
        vec4f(rightTile[r], rightTile[r + 1], rightTile[r + 2], rightTile[r + 3]);
      sums += mat4x4f(
        factors.x * terms,
        factors.y * terms,
        factors.z * terms,
        factors.w * terms,
      );
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 16; i++) {
    let row = first.x + own.x + i / 4;
    let column = first.y + own.y + i % 4;
    if (row < rows && column < columns) {
      output[(product * rows + row) * columns + column] = sums[i / 4][i % 4];
    }
  }
}
