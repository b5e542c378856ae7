// The sum of each channel of [batch, channels, area]: the gradient by a bias.

override channels: u32;
override area: u32;
override workgroupSize: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<f32, workgroupSize>;

// One workgroup makes one channel: each invocation adds the elements of all
// images at its own index, that plus workgroupSize and so on, in this order.
// Then the first half of the invocations adds the sums of the second half to
// its own, and so on by halves. Workgroups that do not fit in one row of the
// grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn channelSum(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / channels;
  var sum = 0.0;
  for (var i = local; i < count; i += workgroupSize) {
    sum += x[(i / area * channels + channel) * area + i % area];
  }
  partial[local] = sum;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0 && channel < channels) {
    output[channel] = partial[0];
  }
}
