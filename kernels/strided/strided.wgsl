// Copies elements from places of one buffer to places of another, both given by
// an offset and a stride along each axis. Words keep their bits, NaN included.
//
// One invocation copies one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> destination: array<u32>;

// How many elements there are; where the first one is, and where it goes; then
// for each axis, the innermost first, its size and both strides.
@group(0) @binding(2) var<storage, read> axes: array<u32>;

@compute @workgroup_size(workgroupSize)
fn stridedCopy(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < axes[0]) {
    var rest = index;
    var sourceIndex = axes[1];
    var destinationIndex = axes[2];
    for (var axis = 3u; axis < arrayLength(&axes); axis += 3u) {
      let coordinate = rest % axes[axis];
      rest /= axes[axis];
      sourceIndex += coordinate * axes[axis + 1u];
      destinationIndex += coordinate * axes[axis + 2u];
    }
    destination[destinationIndex] = source[sourceIndex];
  }
}
