// Picks slices of a tensor [outer, size, inner] by their indices, or elements by
// indices of their own, and the gradient of that.

// #import "lib/grid.wgsl"

// [count]; or [outer, count, inner] where each element has its own.
@group(0) @binding(0) var<storage, read> indices: array<i32>;
override perElement: bool;
// size, the number of indices, and inner.
@group(0) @binding(1) var<storage, read> sizes: array<u32>;

// The word for an index that is out of range.
override invalid: u32;

@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

// output[outer, k, inner] = x[outer, index, inner]. One invocation makes one
// element of the output, whatever 32 bits it has.
@compute @workgroup_size(workgroupSize)
fn indexSelect(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    let size = sizes[0];
    let inner = sizes[2];
    let slice = index / inner;
    let outer = slice / sizes[1];
    let chosen = u32(indices[select(slice % sizes[1], index, perElement)]);
    // As u32, an index below 0 is large.
    if (chosen < size) {
      output[index] = x[(outer * size + chosen) * inner + index % inner];
    } else {
      output[index] = invalid;
    }
  }
}

@group(0) @binding(2) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradX: array<f32>;

// The sum of gradOutput over the indices that have chosen an element, in their
// order. One invocation makes one element of gradX.
@compute @workgroup_size(workgroupSize)
fn indexSelectGradient(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradX)) {
    let size = sizes[0];
    let count = sizes[1];
    let inner = sizes[2];
    let slice = index / inner;
    let outer = slice / size;
    let own = i32(slice % size);
    var sum = 0.0;
    for (var k = 0u; k < count; k++) {
      let place = (outer * count + k) * inner + index % inner;
      if (indices[select(k, place, perElement)] == own) {
        sum += gradOutput[place];
      }
    }
    gradX[index] = sum;
  }
}
