// Each element of `output` from `a` where the condition is not 0, and from `b`
// elsewhere. All are words: the bits of a number pass as they are.
//
// One invocation makes one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> condition: array<u32>;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

// 1 where an operand has an element for each of the output, 0 where it has one
// for all.
override conditionStep: u32 = 1;
override aStep: u32 = 1;
override bStep: u32 = 1;

// NaN is not 0, and both zeros are.
fn chosen(conditionIndex: u32, aIndex: u32, bIndex: u32) -> u32 {
  if ((condition[conditionIndex] & 0x7fffffffu) != 0u) { return a[aIndex]; }
  return b[bIndex];
}

@compute @workgroup_size(workgroupSize)
fn whereFlat(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] =
      chosen(index * conditionStep, index * aStep, index * bStep);
  }
}

// For each axis of the output, the innermost first: its size, and the strides of
// the three operands along it.
@group(0) @binding(4) var<storage, read> axes: array<u32>;

@compute @workgroup_size(workgroupSize)
fn whereBroadcast(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    var rest = index;
    var at = vec3u(0u);
    for (var axis = 0u; axis < arrayLength(&axes); axis += 4u) {
      let coordinate = rest % axes[axis];
      rest /= axes[axis];
      at += coordinate *
        vec3u(axes[axis + 1u], axes[axis + 2u], axes[axis + 3u]);
    }
    output[index] = chosen(at.x, at.y, at.z);
  }
}
