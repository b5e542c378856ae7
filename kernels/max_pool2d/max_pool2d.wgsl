// The largest element of each window, and its gradient.
//
// Elements are compared by whole numbers made of their bits, because WGSL
// leaves open what comparisons make of NaN.
//
// One invocation makes one element, where nothing else is said.

// #import "lib/pool2d.wgsl"

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

const rankOfNaN = 0xffffffffu;

// A number from 1 on that is larger for larger numbers, given their bits: equal
// for 0 and −0, largest for NaN.
fn rankOf(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return rankOfNaN;
  }
  return select(bits | 0x80000000u, ~bits, bits > 0x80000000u);
}

@group(0) @binding(0) var<storage, read> xPairs: array<vec2f>;

// The same where windows are 2×2, side by side, and cover the image.
@compute @workgroup_size(workgroupSize)
fn maxPool2dForwardByHalves(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let row = index / outWidth;
    let pair = index + row * outWidth;
    let bits = vec4u(
      bitcast<vec2u>(xPairs[pair]),
      bitcast<vec2u>(xPairs[pair + outWidth]),
    );
    var largest = bits.x;
    var rank = rankOf(bits.x);
    var place = 0u;
    let ranks = vec4u(0, rankOf(bits.y), rankOf(bits.z), rankOf(bits.w));
    if (ranks.y > rank || ranks.y == rankOfNaN) {
      largest = bits.y;
      rank = ranks.y;
      place = 1;
    }
    if (ranks.z > rank || ranks.z == rankOfNaN) {
      largest = bits.z;
      rank = ranks.z;
      place = inWidth;
    }
    if (ranks.w > rank || ranks.w == rankOfNaN) {
      largest = bits.w;
      place = inWidth + 1;
    }
    output[index] = largest;
    indices[index] = i32(firstOf(index, row) + place);
  }
}

// In its plane, the first element of a window of two rows and columns.
fn firstOf(index: u32, row: u32) -> u32 {
  return row % outHeight * 2 * inWidth + (index - row * outWidth) * 2;
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

@group(0) @binding(2) var<storage, read_write> gradPairs: array<vec2f>;

// The same where windows are 2×2, side by side, and cover the image. One
// invocation makes the elements of one window.
@compute @workgroup_size(workgroupSize)
fn maxPool2dGradientByHalves(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradOutput)) {
    let row = index / outWidth;
    let pair = index + row * outWidth;
    let gradient = vec2f(gradOutput[index]);
    let place = vec2i(largestAt[index] - i32(firstOf(index, row)));
    let below = i32(inWidth);
    gradPairs[pair] = select(vec2f(), gradient, place == vec2i(0, 1));
    gradPairs[pair + outWidth] =
      select(vec2f(), gradient, place == vec2i(below, below + 1));
  }
}
