// Sums of splits [splits, length], for each element.

const invocations = 128u;
const lanes = 8u;

@group(0) @binding(0) var<storage, read> splits: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<f32, invocations>;

// One workgroup makes 16 elements: eight invocations each add every eighth split
// in its order, and then the first half of them adds the sums of the second half
// to its own, and so on by halves. Workgroups that do not fit in one row of the
// grid go on in the next.
@compute @workgroup_size(invocations)
fn sumOfSplits(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  const width = invocations / lanes;
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = group * width + local % width;
  let length = arrayLength(&output);
  var sum = 0.0;
  for (var i = local / width; i < arrayLength(&splits) / length; i += lanes) {
    sum += splits[i * length + min(index, length - 1)];
  }
  partial[local] = sum;
  for (var reach = invocations / 2; reach >= width; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local < width && index < length) {
    output[index] = partial[local];
  }
}
