// The mean of each window, and its gradient.
//
// Each invocation makes one element. Workgroups that do not fit in one row of
// the grid go on in the next.

override inHeight: u32;
override inWidth: u32;
override outHeight: u32;
override outWidth: u32;
override kernelHeight: u32;
override kernelWidth: u32;
override strideHeight: u32;
override strideWidth: u32;
override paddingHeight: u32;
override paddingWidth: u32;
override countIncludePad: bool;
override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

// Adds up a window row by row, then divides.
@compute @workgroup_size(workgroupSize)
fn avgPool2dForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&output)) {
    let plane = index / (outHeight * outWidth) * inHeight * inWidth;
    let window = windowAt(index / outWidth % outHeight, index % outWidth);
    var sum = 0.0;
    for (var row = window.top; row < window.bottom; row++) {
      for (var column = window.left; column < window.right; column++) {
        sum += x[plane + row * inWidth + column];
      }
    }
    output[index] = sum / divisor(window);
  }
}

// The part of a window that lies on the image.
struct Window {
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
}

fn windowAt(row: u32, column: u32) -> Window {
  let top = row * strideHeight;
  let left = column * strideWidth;
  return Window(
    max(top, paddingHeight) - paddingHeight,
    min(max(top + kernelHeight, paddingHeight) - paddingHeight, inHeight),
    max(left, paddingWidth) - paddingWidth,
    min(max(left + kernelWidth, paddingWidth) - paddingWidth, inWidth),
  );
}

fn divisor(window: Window) -> f32 {
  if (countIncludePad) {
    return f32(kernelHeight * kernelWidth);
  }
  return f32((window.bottom - window.top) * (window.right - window.left));
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradX: array<f32>;

// Adds its share of those windows of which it was part, row by row.
@compute @workgroup_size(workgroupSize)
fn avgPool2dGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = invocation.y * workgroups.x * workgroupSize + invocation.x;
  if (index < arrayLength(&gradX)) {
    let plane = index / (inHeight * inWidth) * outHeight * outWidth;
    let bottom = index / inWidth % inHeight + paddingHeight;
    let right = index % inWidth + paddingWidth;
    let firstRow = first(bottom, kernelHeight, strideHeight);
    let lastRow = min(bottom / strideHeight, outHeight - 1);
    let firstColumn = first(right, kernelWidth, strideWidth);
    let lastColumn = min(right / strideWidth, outWidth - 1);
    var sum = 0.0;
    for (var row = firstRow; row <= lastRow; row++) {
      for (var column = firstColumn; column <= lastColumn; column++) {
        let gradient = gradOutput[plane + row * outWidth + column];
        sum += gradient / divisor(windowAt(row, column));
      }
    }
    gradX[index] = sum;
  }
}

// The first window that reaches a position of the padded image.
fn first(position: u32, kernel: u32, stride: u32) -> u32 {
  let reach = kernel - 1;
  return (max(position, reach) - reach + stride - 1) / stride;
}
