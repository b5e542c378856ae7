// Group normalisation of [batch, groups, channels, area] and its gradients.
//
// One workgroup makes a group of an image, or the gradient of a channel's weight
// and bias: each invocation adds the elements at its own index, that plus
// workgroupSize and so on, in this order, and `lib/reduce.wgsl` adds the sums of
// the invocations. Workgroups that do not fit in one row of the grid go on in the
// next.

// #import "lib/reduce.wgsl"

alias Partial = vec2f;

override groups: u32;
// Channels of a group.
override channels: u32;
override area: u32;
override eps: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;

@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> means: array<f32>;
@group(0) @binding(4) var<storage, read_write> invStds: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

// The elements are summed around the first one, and the squares around the mean,
// in a second pass: large sums would lose their digits.
@compute @workgroup_size(workgroupSize)
fn groupNormForward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = workgroup.y * workgroups.x + workgroup.x;
  let size = channels * area;
  let start = min(row, arrayLength(&means) - 1) * size;
  let near = x[start];
  var sum = 0.0;
  for (var i = local; i < size; i += workgroupSize) {
    sum += x[start + i] - near;
  }
  let center = near + sumOfWorkgroup(vec2f(sum, 0), local).x / f32(size);
  var squares = 0.0;
  for (var i = local; i < size; i += workgroupSize) {
    let difference = x[start + i] - center;
    squares += difference * difference;
  }
  let variance = sumOfWorkgroup(vec2f(squares, 0), local).x / f32(size);
  let inverse = 1 / sqrt(variance + eps);
  if (row < arrayLength(&means)) {
    if (local == 0) {
      means[row] = center;
      invStds[row] = inverse;
    }
    for (var i = local; i < size; i += workgroupSize) {
      let channel = row % groups * channels + i / area;
      let factor = inverse * weight[channel];
      output[start + i] = (x[start + i] - center) * factor + bias[channel];
    }
  }
}

@group(0) @binding(2) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> invStd: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradX: array<f32>;

// Mean and variance take away the mean of the gradient and its part along the
// normalised x.
@compute @workgroup_size(workgroupSize)
fn groupNormInputGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let wanted = workgroup.y * workgroups.x + workgroup.x;
  let row = min(wanted, arrayLength(&mean) - 1);
  let size = channels * area;
  let start = row * size;
  let firstChannel = row % groups * channels;
  let center = mean[row];
  let inverse = invStd[row];
  var sums = vec2f();
  for (var i = local; i < size; i += workgroupSize) {
    let gradient = gradOutput[start + i] * weight[firstChannel + i / area];
    sums += gradient * vec2f(1, x[start + i] - center);
  }
  let totals = sumOfWorkgroup(sums, local);
  let average = totals.x / f32(size);
  let slope = totals.y * inverse * inverse / f32(size);
  if (row == wanted) {
    for (var i = local; i < size; i += workgroupSize) {
      let gradient = gradOutput[start + i] * weight[firstChannel + i / area];
      let along = (x[start + i] - center) * slope;
      gradX[start + i] = inverse * (gradient - (average + along));
    }
  }
}

@group(0) @binding(1) var<storage, read_write> gradWeight: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradBias: array<f32>;

@compute @workgroup_size(workgroupSize)
fn groupNormParameterGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let all = groups * channels;
  let wanted = workgroup.y * workgroups.x + workgroup.x;
  let channel = min(wanted, all - 1);
  let count = arrayLength(&x) / all;
  var sums = vec2f();
  for (var i = local; i < count; i += workgroupSize) {
    let image = i / area;
    let row = image * groups + channel / channels;
    let at = (image * all + channel) * area + i % area;
    sums += gradOutput[at] * vec2f((x[at] - mean[row]) * invStd[row], 1);
  }
  let totals = sumOfWorkgroup(sums, local);
  if (local == 0 && wanted == channel) {
    gradWeight[channel] = totals.x;
    gradBias[channel] = totals.y;
  }
}
