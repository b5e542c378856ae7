// Clips gradients by their common norm, as PyTorch's clip_grad_norm_ does.

// #import "lib/grid.wgsl"
// #import "lib/reduce.wgsl"

alias Partial = f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

// One workgroup: each invocation adds the squares at its own index, that plus
// workgroupSize and so on, in this order; `lib/reduce.wgsl` adds their sums.
@compute @workgroup_size(workgroupSize)
fn sumOfSquares(@builtin(local_invocation_index) local: u32) {
  var own = 0.0;
  for (var index = local; index < arrayLength(&x); index += workgroupSize) {
    own += x[index] * x[index];
  }
  let total = sumOfWorkgroup(own, local);
  if (local == 0) {
    output[0] = total;
  }
}

@group(0) @binding(0) var<storage, read_write> norm: array<f32>;

// One invocation takes the root of a sum of squares.
@compute @workgroup_size(1)
fn normOfSquares() {
  norm[0] = sqrt(norm[0]);
}

override maxNorm: f32;

@group(0) @binding(0) var<storage, read> clipping: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradient: array<f32>;

// One invocation scales one element. NaN is found by its bits: WGSL leaves open
// what `min` makes of it.
@compute @workgroup_size(workgroupSize)
fn clipByNorm(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&gradient)) {
    let norm = clipping[0];
    let isNan = (bitcast<u32>(norm) & 0x7fffffffu) > 0x7f800000u;
    let factor = min(1, maxNorm / (norm + 1e-6));
    gradient[index] *= select(factor, norm, isNan);
  }
}
