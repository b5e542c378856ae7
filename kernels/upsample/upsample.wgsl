// Images in another size, and the gradient of that.
//
// `taps` and `shares` are the tables that `taps.ts` makes: sizes, and which rows
// and columns an element is made of. One pipeline serves all sizes.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

// Height and width of the input, height and width of the output; then two input
// rows for each output row, two columns for each column; then the range of
// output rows of each input row, and that of columns.
@group(0) @binding(0) var<storage, read> taps: array<u32>;
// Of the second row for each output row, then of the second column.
@group(0) @binding(1) var<storage, read> shares: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// Where an element of the output finds its rows and columns.
struct Element {
  plane: u32,
  row: u32,
  column: u32,
}

fn elementAt(index: u32) -> Element {
  let height = taps[2];
  let width = taps[3];
  let plane = index / (height * width) * taps[0] * taps[1];
  return Element(plane, index / width % height, height + index % width);
}

@compute @workgroup_size(workgroupSize)
fn nearest(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let element = elementAt(index);
    let start = element.plane + taps[4 + 2 * element.row] * taps[1];
    output[index] = x[start + taps[4 + 2 * element.column]];
  }
}

// Mixes two pixels of each row, then the two rows.
@compute @workgroup_size(workgroupSize)
fn bilinear(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let element = elementAt(index);
    let upper = element.plane + taps[4 + 2 * element.row] * taps[1];
    let lower = element.plane + taps[5 + 2 * element.row] * taps[1];
    let first = taps[4 + 2 * element.column];
    let second = taps[5 + 2 * element.column];
    let share = shares[element.column];
    let above = (1 - share) * x[upper + first] + share * x[upper + second];
    let below = (1 - share) * x[lower + first] + share * x[lower + second];
    let rowShare = shares[element.row];
    output[index] = (1 - rowShare) * above + rowShare * below;
  }
}

@group(0) @binding(2) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradX: array<f32>;

// Adds a pixel's shares of the gradients of those elements that it is a tap of,
// row by row.
@compute @workgroup_size(workgroupSize)
fn upsampleGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let inHeight = taps[0];
    let inWidth = taps[1];
    let outHeight = taps[2];
    let outWidth = taps[3];
    let plane = index / (inHeight * inWidth) * outHeight;
    let inRow = index / inWidth % inHeight;
    let inColumn = index % inWidth;
    let ranges = 4 + 2 * (outHeight + outWidth);
    let rows = ranges + 2 * inRow;
    let columns = ranges + 2 * (inHeight + inColumn);
    let firstColumn = taps[columns];
    let endColumn = taps[columns + 1];
    let endRow = taps[rows + 1];
    var sum = 0.0;
    for (var row = taps[rows]; row < endRow; row++) {
      let height = shareOf(row, inRow);
      for (var column = firstColumn; column < endColumn; column++) {
        let width = shareOf(outHeight + column, inColumn);
        sum += height * width * gradOutput[(plane + row) * outWidth + column];
      }
    }
    gradX[index] = sum;
  }
}

// A pixel's share of an output row or column.
fn shareOf(element: u32, pixel: u32) -> f32 {
  let share = shares[element];
  let first = select(0.0, 1 - share, taps[4 + 2 * element] == pixel);
  return first + select(0.0, share, taps[5 + 2 * element] == pixel);
}
