// A matrix product: linear layers and their gradients.
//
// output[row, column] = Σ left(row, k) · right(column, k), plus a bias for
// each column. The steps say where in the buffers the elements are: a matrix
// is read by rows or by columns.

override columns: u32;
// From one row of `left`, or column of `right`, to the next, and along k.
override leftStep: u32;
override leftDepthStep: u32;
override rightStep: u32;
override rightDepthStep: u32;
override hasBias: bool;
// How many invocations share a sum: a power of two, at most workgroupSize.
override parts: u32;
override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<mat4x4f, workgroupSize>;

// A group of `parts` invocations makes a tile of 4×4 elements. Each adds the
// products at its own index k, that plus `parts` and so on, in this order. Then
// the first half of the group adds the sums of the second half to its own, and
// so on by halves; the bias comes last. Workgroups that do not fit in one row
// of the grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn product(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  let rows = arrayLength(&output) / columns;
  let depth = arrayLength(&right) / columns;
  let tileColumns = (columns + 3) / 4;
  let tile = index / parts;
  let part = index % parts;
  let row = tile / tileColumns * 4 + vec4u(0, 1, 2, 3);
  let column = tile % tileColumns * 4 + vec4u(0, 1, 2, 3);
  let leftStart = min(row, vec4u(rows - 1)) * leftStep;
  let rightStart = min(column, vec4u(columns - 1)) * rightStep;
  var sums: mat4x4f;
  for (var k = part; k < depth; k += parts) {
    let l = leftStart + k * leftDepthStep;
    let r = rightStart + k * rightDepthStep;
    let factors = vec4f(left[l.x], left[l.y], left[l.z], left[l.w]);
    let terms = vec4f(right[r.x], right[r.y], right[r.z], right[r.w]);
    sums += mat4x4f(
      factors.x * terms,
      factors.y * terms,
      factors.z * terms,
      factors.w * terms,
    );
  }
  partial[local] = sums;
  for (var reach = parts / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (part < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (part == 0) {
    store(partial[local], row, column, rows);
  }
}

fn store(tile: mat4x4f, row: vec4u, column: vec4u, rows: u32) {
  var sums = tile;
  for (var i = 0u; i < 4; i++) {
    for (var j = 0u; j < 4; j++) {
      if (row[i] < rows && column[j] < columns) {
        let shift = select(0.0, bias[column[j]], hasBias);
        output[row[i] * columns + column[j]] = sums[i][j] + shift;
      }
    }
  }
}
