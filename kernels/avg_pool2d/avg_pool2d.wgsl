// The mean of each window, and its gradient.
//
// One invocation makes one element.

// #import "lib/pool2d.wgsl"

override countIncludePad: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

// Adds up a window row by row, then divides.
@compute @workgroup_size(workgroupSize)
fn avgPool2dForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let plane = index / (outHeight * outWidth) * inHeight * inWidth;
    let window = windowAt(index / outWidth % outHeight, index % outWidth);
    var sum = 0.0;
    for (var row = window.top; row < window.bottom; row++) {
      for (var column = window.left; column < window.right; column++) {
        sum += x[plane + row * inWidth + column];
      }
    }
    output[index] = sum / window.divisor;
  }
}

// The part of a window that lies on the image, and by what its sum is divided:
// the pixels there, or on the padded image.
struct Window {
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  divisor: f32,
}

fn windowAt(row: u32, column: u32) -> Window {
  let paddedTop = row * strideHeight;
  let paddedLeft = column * strideWidth;
  let paddedBottom = min(paddedTop + kernelHeight, inHeight + 2 * paddingHeight);
  let paddedRight = min(paddedLeft + kernelWidth, inWidth + 2 * paddingWidth);
  let top = max(paddedTop, paddingHeight) - paddingHeight;
  let bottom = min(max(paddedBottom, paddingHeight) - paddingHeight, inHeight);
  let left = max(paddedLeft, paddingWidth) - paddingWidth;
  let right = min(max(paddedRight, paddingWidth) - paddingWidth, inWidth);
  let counted = select(
    (bottom - top) * (right - left),
    (paddedBottom - paddedTop) * (paddedRight - paddedLeft),
    countIncludePad,
  );
  return Window(top, bottom, left, right, f32(counted));
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradX: array<f32>;

// Adds its share of those windows of which it was part, row by row.
@compute @workgroup_size(workgroupSize)
fn avgPool2dGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let plane = index / (inHeight * inWidth) * outHeight * outWidth;
    let bottom = index / inWidth % inHeight + paddingHeight;
    let right = index % inWidth + paddingWidth;
    let firstRow = firstWindow(bottom, kernelHeight - 1, strideHeight);
    let lastRow = min(bottom / strideHeight, outHeight - 1);
    let firstColumn = firstWindow(right, kernelWidth - 1, strideWidth);
    let lastColumn = min(right / strideWidth, outWidth - 1);
    var sum = 0.0;
    for (var row = firstRow; row <= lastRow; row++) {
      for (var column = firstColumn; column <= lastColumn; column++) {
        let gradient = gradOutput[plane + row * outWidth + column];
        sum += gradient / windowAt(row, column).divisor;
      }
    }
    gradX[index] = sum;
  }
}
