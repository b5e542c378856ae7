// log Σ exp(x) of all elements, or along some axes.
//
// Each workgroup makes one element: each invocation takes the elements at its
// own index, that plus workgroupSize and so on; what they find is combined by
// halves. The largest element is taken off all, so that no exp() overflows.

override workgroupSize: u32;
// Whether all elements make one; `axes` is not read then.
override isWhole: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
// As in `lib/reduction.wgsl`.
@group(0) @binding(2) var<storage, read> axes: array<u32>;

const mostFinite = 3.4028234e38;

var<workgroup> partial: array<f32, workgroupSize>;

fn offsetAlong(first: u32, end: u32, index: u32) -> u32 {
  var rest = index;
  var offset = 0u;
  for (var axis = first; axis < end; axis += 2u) {
    offset += (rest % axes[axis]) * axes[axis + 1u];
    rest /= axes[axis];
  }
  return offset;
}

fn elementAt(start: u32, index: u32) -> f32 {
  if (isWhole) {
    return x[index];
  }
  return x[start + offsetAlong(1u + 2u * axes[0], arrayLength(&axes), index)];
}

@compute @workgroup_size(workgroupSize)
fn logsumexp(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / arrayLength(&output);
  var start = 0u;
  if (!isWhole) {
    let known = min(item, arrayLength(&output) - 1u);
    start = offsetAlong(1u, 1u + 2u * axes[0], known);
  }
  var largest = -mostFinite;
  for (var index = local; index < count; index += workgroupSize) {
    largest = max(largest, elementAt(start, index));
  }
  partial[local] = largest;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] = max(partial[local], partial[local + reach]);
    }
  }
  workgroupBarrier();
  // +∞ stays, and its exponential makes the sum +∞.
  let shift = select(0.0, partial[0], partial[0] <= mostFinite);
  workgroupBarrier();
  var sum = 0.0;
  for (var index = local; index < count; index += workgroupSize) {
    sum += exp(elementAt(start, index) - shift);
  }
  partial[local] = sum;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0 && item < arrayLength(&output)) {
    output[item] = shift + log(partial[0]);
  }
}
