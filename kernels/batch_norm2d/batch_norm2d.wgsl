// Batch normalisation of [batch, channels, area] and its gradients.
//
// The reductions make one channel with one workgroup: each invocation adds the
// elements of all images at its own index, that plus workgroupSize and so on,
// in this order, and `lib/reduce.wgsl` adds the sums of the invocations. Where
// planes are whole fours, those that end in `Fours` give the same bits by a quarter
// of the invocations, each with the sums of four; their sizes are in fours.
//
// The others cover the planes, each one channel of one image, with workgroups
// of `chunk` elements. Workgroups that do not fit in one row of the grid go on
// in the next. Where planes are whole fours, an invocation makes four elements
// at once: the entry points that end in `Fours`. Where planes are small, it
// makes one element of any plane: those that end in `Elements`.

// #import "lib/channel.wgsl"
// #import "lib/reduce.wgsl"
// #import "lib/reduce_fours.wgsl"

alias Partial = vec2f;

override chunk: u32;
override eps: f32;
override momentum: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;

@group(0) @binding(1) var<storage, read_write> batchMean: array<f32>;
@group(0) @binding(2) var<storage, read_write> batchInvStd: array<f32>;
@group(0) @binding(3) var<storage, read_write> runningMean: array<f32>;
@group(0) @binding(4) var<storage, read_write> runningVar: array<f32>;
@group(0) @binding(5) var<storage, read_write> numBatchesTracked: array<i32>;

// The squares are summed around the mean, in a second pass: the difference of
// two large sums would lose its digits.
@compute @workgroup_size(workgroupSize)
fn statistics(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / sizes.channels;
  let step = elementOf(0, workgroupSize);
  let first = elementOf(channel, local);
  var walk = first;
  var sum = 0.0;
  for (var i = local; i < count; i += workgroupSize) {
    sum += x[walk.at];
    walk = after(walk, step);
  }
  let center = sumOfWorkgroup(vec2f(sum, 0), local).x / f32(count);
  var squares = 0.0;
  walk = first;
  for (var i = local; i < count; i += workgroupSize) {
    let difference = x[walk.at] - center;
    squares += difference * difference;
    walk = after(walk, step);
  }
  let squaresSum = sumOfWorkgroup(vec2f(squares, 0), local).x;
  if (local == 0 && channel < sizes.channels) {
    storeStatistics(channel, center, squaresSum, count);
  }
}

fn storeStatistics(channel: u32, center: f32, squaresSum: f32, count: u32) {
  batchMean[channel] = center;
  batchInvStd[channel] = 1 / sqrt(squaresSum / f32(count) + eps);
  let unbiased = squaresSum / f32(count - 1);
  runningMean[channel] += momentum * (center - runningMean[channel]);
  runningVar[channel] += momentum * (unbiased - runningVar[channel]);
  if (channel == 0) {
    numBatchesTracked[0] += 1;
  }
}

@group(0) @binding(0) var<storage, read> xFours: array<vec4f>;

@compute @workgroup_size(workgroupSize)
fn statisticsFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let fours = arrayLength(&xFours) / sizes.channels;
  let count = fours * 4;
  let step = elementOf(0, workgroupSize);
  let first = elementOf(channel, local);
  var walk = first;
  var sum: vec4f;
  for (var i = local; i < fours; i += workgroupSize) {
    sum += xFours[walk.at];
    walk = after(walk, step);
  }
  let center = sumOfFours(sum, local) / f32(count);
  var squares: vec4f;
  walk = first;
  for (var i = local; i < fours; i += workgroupSize) {
    let difference = xFours[walk.at] - center;
    squares += difference * difference;
    walk = after(walk, step);
  }
  let squaresSum = sumOfFours(squares, local);
  if (local == 0 && channel < sizes.channels) {
    storeStatistics(channel, center, squaresSum, count);
  }
}

@group(0) @binding(0) var<storage, read> variance: array<f32>;
@group(0) @binding(1) var<storage, read_write> invStdOutput: array<f32>;

// One invocation makes one channel.
@compute @workgroup_size(workgroupSize)
fn invStdOfVariance(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let channel = itemOf(invocation, workgroups);
  if (channel < arrayLength(&invStdOutput)) {
    invStdOutput[channel] = 1 / sqrt(variance[channel] + eps);
  }
}

@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> invStd: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn normalise(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup.y * workgroups.x + workgroup.x);
  let center = mean[part.channel];
  let factor = invStd[part.channel] * weight[part.channel];
  let shift = bias[part.channel];
  let end = min(part.end, arrayLength(&x));
  for (var i = part.start + local; i < end; i += workgroupSize) {
    output[i] = (x[i] - center) * factor + shift;
  }
}

@group(0) @binding(5) var<storage, read_write> outputFours: array<vec4f>;

@compute @workgroup_size(workgroupSize)
fn normaliseFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup.y * workgroups.x + workgroup.x);
  let center = mean[part.channel];
  let factor = invStd[part.channel] * weight[part.channel];
  let shift = bias[part.channel];
  let end = min(part.end / 4, arrayLength(&xFours));
  for (var i = part.start / 4 + local; i < end; i += workgroupSize) {
    outputFours[i] = (xFours[i] - center) * factor + shift;
  }
}

@compute @workgroup_size(workgroupSize)
fn normaliseElements(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemOf(invocation, workgroups);
  if (i < arrayLength(&output)) {
    let channel = i / sizes.area % sizes.channels;
    let factor = invStd[channel] * weight[channel];
    output[i] = (x[i] - mean[channel]) * factor + bias[channel];
  }
}

// The elements of a workgroup; those beyond the last plane have none, but their
// `end` is beyond the last element.
struct Part {
  channel: u32,
  start: u32,
  end: u32,
}

fn partOf(index: u32) -> Part {
  let chunks = (sizes.area + chunk - 1) / chunk;
  let plane = index / chunks;
  let start = index % chunks * chunk;
  let end = plane * sizes.area + min(start + chunk, sizes.area);
  return Part(plane % sizes.channels, plane * sizes.area + start, end);
}

@group(0) @binding(3) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradWeight: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradBias: array<f32>;

@compute @workgroup_size(workgroupSize)
fn parameterGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / sizes.channels;
  let center = mean[channel];
  let step = elementOf(0, workgroupSize);
  var walk = elementOf(channel, local);
  var sums = vec2f();
  for (var i = local; i < count; i += workgroupSize) {
    sums += gradOutput[walk.at] * vec2f(x[walk.at] - center, 1);
    walk = after(walk, step);
  }
  let totals = sumOfWorkgroup(sums, local);
  if (local == 0 && channel < sizes.channels) {
    gradWeight[channel] = totals.x * invStd[channel];
    gradBias[channel] = totals.y;
  }
}

@group(0) @binding(3) var<storage, read> gradOutputFours: array<vec4f>;

@compute @workgroup_size(workgroupSize)
fn parameterGradientFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&xFours) / sizes.channels;
  let center = mean[channel];
  let step = elementOf(0, workgroupSize);
  var walk = elementOf(channel, local);
  var alongX: vec4f;
  var alone: vec4f;
  for (var i = local; i < count; i += workgroupSize) {
    let gradients = gradOutputFours[walk.at];
    alongX += gradients * (xFours[walk.at] - center);
    alone += gradients;
    walk = after(walk, step);
  }
  let weightSum = sumOfFours(alongX, local);
  let biasSum = sumOfFours(alone, local);
  if (local == 0 && channel < sizes.channels) {
    gradWeight[channel] = weightSum * invStd[channel];
    gradBias[channel] = biasSum;
  }
}

@group(0) @binding(4) var<storage, read> factors: array<f32>;
@group(0) @binding(5) var<storage, read> weightSums: array<f32>;
@group(0) @binding(6) var<storage, read> biasSums: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradX: array<f32>;

// Mean and variance take away the mean of the gradient and its part along the
// normalised x. See Ioffe and Szegedy, "Batch Normalization" (2015).
@compute @workgroup_size(workgroupSize)
fn inputGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup.y * workgroups.x + workgroup.x);
  let inverse = invStd[part.channel];
  let factor = factors[part.channel] * inverse;
  let count = f32(arrayLength(&x) / sizes.channels);
  let average = biasSums[part.channel] / count;
  let slope = weightSums[part.channel] * inverse / count;
  let center = mean[part.channel];
  let end = min(part.end, arrayLength(&x));
  for (var i = part.start + local; i < end; i += workgroupSize) {
    gradX[i] =
      factor * (gradOutput[i] - (average + (x[i] - center) * slope));
  }
}

@group(0) @binding(7) var<storage, read_write> gradXFours: array<vec4f>;

@compute @workgroup_size(workgroupSize)
fn inputGradientFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup.y * workgroups.x + workgroup.x);
  let inverse = invStd[part.channel];
  let factor = factors[part.channel] * inverse;
  let count = f32(arrayLength(&xFours) * 4 / sizes.channels);
  let average = biasSums[part.channel] / count;
  let slope = weightSums[part.channel] * inverse / count;
  let center = mean[part.channel];
  let end = min(part.end / 4, arrayLength(&xFours));
  for (var i = part.start / 4 + local; i < end; i += workgroupSize) {
    let rest = average + (xFours[i] - center) * slope;
    gradXFours[i] = factor * (gradOutputFours[i] - rest);
  }
}

@compute @workgroup_size(workgroupSize)
fn inputGradientElements(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemOf(invocation, workgroups);
  if (i < arrayLength(&gradX)) {
    let channel = i / sizes.area % sizes.channels;
    let inverse = invStd[channel];
    let count = f32(arrayLength(&x) / sizes.channels);
    let average = biasSums[channel] / count;
    let slope = weightSums[channel] * inverse / count;
    let rest = gradOutput[i] - (average + (x[i] - mean[channel]) * slope);
    gradX[i] = factors[channel] * inverse * rest;
  }
}

// The same where mean and variance are constants.
@compute @workgroup_size(workgroupSize)
fn evalInputGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup.y * workgroups.x + workgroup.x);
  let factor = factors[part.channel] * invStd[part.channel];
  let end = min(part.end, arrayLength(&gradX));
  for (var i = part.start + local; i < end; i += workgroupSize) {
    gradX[i] = factor * gradOutput[i];
  }
}

@compute @workgroup_size(workgroupSize)
fn evalInputGradientElements(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemOf(invocation, workgroups);
  if (i < arrayLength(&gradX)) {
    let channel = i / sizes.area % sizes.channels;
    gradX[i] = factors[channel] * invStd[channel] * gradOutput[i];
  }
}
