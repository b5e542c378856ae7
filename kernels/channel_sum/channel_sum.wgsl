// The sum of each channel of [batch, channels, area].

// #import "lib/channel.wgsl"
// #import "lib/reduce.wgsl"
// #import "lib/reduce_fours.wgsl"

alias Partial = f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

// One workgroup makes one channel: each invocation adds the elements of all
// images at its own index, that plus workgroupSize and so on, in this order; then
// the workgroup adds its sums.
@compute @workgroup_size(workgroupSize)
fn channelSum(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / sizes.channels;
  let step = elementOf(0, workgroupSize);
  var walk = elementOf(channel, local);
  var sum = 0.0;
  for (var i = local; i < count; i += workgroupSize) {
    sum += x[walk.at];
    walk = after(walk, step);
  }
  let total = sumOfWorkgroup(sum, local);
  if (local == 0 && channel < sizes.channels) {
    output[channel] = total;
  }
}

@group(0) @binding(0) var<storage, read> xFours: array<vec4f>;

// The same where planes are whole fours, of which sizes are: a quarter of the
// invocations, each with the sums of four, gives the same bits.
@compute @workgroup_size(workgroupSize)
fn channelSumFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&xFours) / sizes.channels;
  let step = elementOf(0, workgroupSize);
  var walk = elementOf(channel, local);
  var sum: vec4f;
  for (var i = local; i < count; i += workgroupSize) {
    sum += xFours[walk.at];
    walk = after(walk, step);
  }
  let total = sumOfFours(sum, local);
  if (local == 0 && channel < sizes.channels) {
    output[channel] = total;
  }
}
