// The largest element of each window, and its gradient.
//
// One invocation makes one element.

// #import "lib/pool2d.wgsl"
// #import "max_pool2d/_rank.wgsl"

override dilationHeight: u32;
override dilationWidth: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@group(0) @binding(2) var<storage, read_write> indices: array<i32>;

// Scans a window row by row: of equal elements the first stays, but the last
// NaN, as in PyTorch.
@compute @workgroup_size(workgroupSize)
fn maxPool2dForward(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let plane = index / (outHeight * outWidth) * inHeight * inWidth;
    let top = index / outWidth % outHeight * strideHeight;
    let left = index % outWidth * strideWidth;
    var largest = 0u;
    var largestRank = 0u;
    var largestElement = 0u;
    for (var i = 0u; i < kernelHeight; i++) {
      // In the padding above the image, this is beyond the largest row.
      let row = top + i * dilationHeight - paddingHeight;
      for (var j = 0u; j < kernelWidth; j++) {
        let column = left + j * dilationWidth - paddingWidth;
        if (row < inHeight && column < inWidth) {
          let element = row * inWidth + column;
          let value = bitcast<u32>(x[plane + element]);
          let rank = rankOf(value);
          if (rank > largestRank || rank == rankOfNaN) {
            largest = value;
            largestRank = rank;
            largestElement = element;
          }
        }
      }
    }
    output[index] = largest;
    indices[index] = i32(largestElement);
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> largestAt: array<i32>;
@group(0) @binding(2) var<storage, read_write> gradX: array<f32>;

// Adds the gradients of those windows whose largest element this is, row by
// row.
@compute @workgroup_size(workgroupSize)
fn maxPool2dGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let plane = index / (inHeight * inWidth) * outHeight * outWidth;
    let element = i32(index % (inHeight * inWidth));
    let bottom = index / inWidth % inHeight + paddingHeight;
    let right = index % inWidth + paddingWidth;
    let height = (kernelHeight - 1) * dilationHeight;
    let firstRow = firstWindow(bottom, height, strideHeight);
    let lastRow = min(bottom / strideHeight, outHeight - 1);
    let width = (kernelWidth - 1) * dilationWidth;
    let firstColumn = firstWindow(right, width, strideWidth);
    let lastColumn = min(right / strideWidth, outWidth - 1);
    var sum = 0.0;
    for (var row = firstRow; row <= lastRow; row++) {
      for (var column = firstColumn; column <= lastColumn; column++) {
        let at = plane + row * outWidth + column;
        if (largestAt[at] == element) {
          sum += gradOutput[at];
        }
      }
    }
    gradX[index] = sum;
  }
}
