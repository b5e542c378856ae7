// Each element of `output` from the elements of other operands that belong to it.
// `map.ts` adds what an operation makes of it: the other bindings, the type
// `Element`, and
//
//   fn resultAt(index: u32, left: u32, right: u32) -> Element
//
// of an element's index in the output, and the indices that belong to it in the
// two operands that may be broadcast; and the same for four elements of operands
// that are not,
//
//   fn foursAt(index: u32) -> vec4<Element>
//
// One invocation makes one element, or four.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read_write> output: array<Element>;

// 1 where an operand has an element for each of the output, 0 where it has one
// for all.
override leftStep: u32 = 1;
override rightStep: u32 = 1;

@compute @workgroup_size(workgroupSize)
fn flat(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = resultAt(index, index * leftStep, index * rightStep);
  }
}

@group(0) @binding(0) var<storage, read_write> fours: array<vec4<Element>>;

@compute @workgroup_size(workgroupSize)
fn flatFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&fours)) {
    fours[index] = foursAt(index);
  }
}

// For each axis of the output, the innermost first: its size, and the strides of
// both operands along it.
@group(0) @binding(1) var<storage, read> axes: array<u32>;

@compute @workgroup_size(workgroupSize)
fn broadcast(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    var rest = index;
    var left = 0u;
    var right = 0u;
    for (var axis = 0u; axis < arrayLength(&axes); axis += 3u) {
      let coordinate = rest % axes[axis];
      rest /= axes[axis];
      left += coordinate * axes[axis + 1u];
      right += coordinate * axes[axis + 2u];
    }
    output[index] = resultAt(index, left, right);
  }
}
