// The mean of each window where the size of the output is given, and its
// gradient.
//
// One invocation makes one element, and adds row by row.

// #import "lib/grid.wgsl"

override inHeight: u32;
override inWidth: u32;
override outHeight: u32;
override outWidth: u32;

// ⌊index · size / count⌋, and whether something is left. The product may be larger
// than 32 bits hold: a guess, which is off by a few at most, is corrected by what it
// leaves of the product, and that is right modulo 2³².
fn quotientOf(index: u32, size: u32, count: u32) -> vec2u {
  var quotient = u32(f32(index) * f32(size) / f32(count));
  var left = bitcast<i32>(index * size - quotient * count);
  for (; left < 0; left += i32(count)) {
    quotient--;
  }
  for (; left >= i32(count); left -= i32(count)) {
    quotient++;
  }
  return vec2u(quotient, u32(left != 0));
}

// Along an axis, window `index` of `count` on `size` pixels goes from `firstOf` up
// to `endOf`, not included. The windows of which a pixel is part are found by the
// same formulas, with `count` and `size` exchanged.
fn firstOf(index: u32, count: u32, size: u32) -> u32 {
  return quotientOf(index, size, count).x;
}

fn endOf(index: u32, count: u32, size: u32) -> u32 {
  let quotient = quotientOf(index + 1, size, count);
  return quotient.x + quotient.y;
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn adaptiveForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let plane = index / (outHeight * outWidth) * inHeight * inWidth;
    let outRow = index / outWidth % outHeight;
    let outColumn = index % outWidth;
    let top = firstOf(outRow, outHeight, inHeight);
    let bottom = endOf(outRow, outHeight, inHeight);
    let left = firstOf(outColumn, outWidth, inWidth);
    let right = endOf(outColumn, outWidth, inWidth);
    var sum = 0.0;
    for (var row = top; row < bottom; row++) {
      for (var column = left; column < right; column++) {
        sum += x[plane + row * inWidth + column];
      }
    }
    output[index] = sum / f32((bottom - top) * (right - left));
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradX: array<f32>;

@compute @workgroup_size(workgroupSize)
fn adaptiveGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let plane = index / (inHeight * inWidth) * outHeight * outWidth;
    let inRow = index / inWidth % inHeight;
    let inColumn = index % inWidth;
    let firstColumn = firstOf(inColumn, inWidth, outWidth);
    let endColumn = endOf(inColumn, inWidth, outWidth);
    let endRow = endOf(inRow, inHeight, outHeight);
    var sum = 0.0;
    for (var row = firstOf(inRow, inHeight, outHeight); row < endRow; row++) {
      let height =
        endOf(row, outHeight, inHeight) - firstOf(row, outHeight, inHeight);
      for (var column = firstColumn; column < endColumn; column++) {
        let width =
          endOf(column, outWidth, inWidth) - firstOf(column, outWidth, inWidth);
        let gradient = gradOutput[plane + row * outWidth + column];
        sum += gradient / f32(height * width);
      }
    }
    gradX[index] = sum;
  }
}
