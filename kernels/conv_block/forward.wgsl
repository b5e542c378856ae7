// What a block does after its convolution: batch normalisation, ReLU and a max
// pooling by 2×2 windows side by side; in training after the partial statistics
// of the convolution's output, which are made here or in the convolution's
// epilogue.

// #import "conv_block/_block.wgsl"

override eps: f32;
override momentum: f32;

@group(0) @binding(0) var<storage, read> quads: array<vec4<Convolved>>;
@group(0) @binding(1) var<storage, read_write> newPartials: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> numBatchesTracked: array<i32>;

var<workgroup> held: array<vec3f, workgroupSize>;

// Mean of each split, and the sum of the squares around it: [channels, splits].
// One invocation of all counts the batch.
//
// An invocation sums differences from the first of its elements, since the
// difference of two large sums would lose its digits. How two sets are made one
// is from Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm
// for Computing Sample Variances" (1979).
@compute @workgroup_size(workgroupSize)
fn partialStatistics(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let planes = planesOf(area() / 4, block.width);
  let end = split.images * planes.size;
  var walk = elementOf(split, min(local, end - 1), planes);
  let center = vec4f(quads[walk.at]);
  var sum: vec4f;
  var squares: vec4f;
  for (var i = local; i < end; i += workgroupSize) {
    let difference = vec4f(quads[walk.at]) - center;
    sum += difference;
    squares += difference * difference;
    walk = after(walk, planes);
  }
  let own = f32((end - min(local, end) + workgroupSize - 1) / workgroupSize);
  let means = center + sum / max(own, 1);
  let ownMean = dot(means, vec4f(0.25));
  let around = squares - sum * sum / max(own, 1);
  let shifts = means - ownMean;
  let squaresAround = dot(around + own * shifts * shifts, vec4f(1));
  let all = unitedOfAll(vec3f(4 * own, ownMean, squaresAround), local);
  if (local == 0) {
    newPartials[split.channel * splits() + workgroup.x] = all.yz;
    if (workgroup.x == 0 && workgroup.y == 0) {
      numBatchesTracked[0] += 1;
    }
  }
}

// The sets of all invocations as one.
fn unitedOfAll(own: vec3f, local: u32) -> vec3f {
  held[local] = own;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      held[local] = united(held[local], held[local + reach]);
    }
  }
  workgroupBarrier();
  return held[0];
}

// Two sets of numbers as one: how many, their mean, the squares around it.
fn united(a: vec3f, b: vec3f) -> vec3f {
  let both = a.x + b.x;
  let share = b.x / max(both, 1);
  let distance = b.y - a.y;
  let squares = a.z + b.z + distance * distance * a.x * share;
  return vec3f(both, a.y + distance * share, squares);
}

@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<f32>;
@group(0) @binding(5) var<storage, read_write> runningVar: array<f32>;
@group(0) @binding(6) var<storage, read_write> mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> invStd: array<f32>;

// In how many partial statistics a channel comes, and the elements of all but the
// last of them: the epilogue of a convolution splits a channel in its own way.
struct Partials {
  partialCount: u32,
  partialElements: u32,
}

@group(0) @binding(11) var<uniform> sizes: Partials;

// Mean and variance (biased) of a channel, for all invocations of a workgroup:
// each unites those at its own index, that plus workgroupSize and so on.
fn statisticsOf(channel: u32, local: u32) -> vec2f {
  let start = channel * sizes.partialCount;
  var own: vec3f;
  for (var i = local; i < sizes.partialCount; i += workgroupSize) {
    let before = i * sizes.partialElements;
    let elements = min(sizes.partialElements, block.batch * area() - before);
    own = united(own, vec3f(f32(elements), partials[start + i]));
  }
  let all = unitedOfAll(own, local);
  return vec2f(all.y, all.z / count());
}

// How a channel is normalised.
struct Normalisation {
  center: f32,
  factor: f32,
  offset: f32,
}

// The one of a channel in training; one invocation of all stores its statistics.
fn batchNormalisation(workgroup: vec3u, local: u32) -> Normalisation {
  let channel = workgroup.y;
  let statistics = statisticsOf(channel, local);
  let inverse = 1 / sqrt(statistics.y + eps);
  let result =
    Normalisation(statistics.x, inverse * scale[channel], shift[channel]);
  if (workgroup.x == 0 && local == 0) {
    mean[channel] = statistics.x;
    invStd[channel] = inverse;
    let unbiased = statistics.y * (count() / (count() - 1));
    runningMean[channel] += momentum * (statistics.x - runningMean[channel]);
    runningVar[channel] +=
      momentum * (unbiased - runningVar[channel]);
  }
  return result;
}

// The output of a window, and the bits of the element that it comes from.
struct Pooled {
  value: f32,
  source: u32,
}

// Pools a window, given row by row.
fn pool(window: vec4f, normalisation: Normalisation) -> Pooled {
  let z =
    (window - normalisation.center) * normalisation.factor + normalisation.offset;
  // The first of equals, as in PyTorch.
  let upper = select(vec2f(z.x, window.x), vec2f(z.y, window.y), z.y > z.x);
  let lower = select(vec2f(z.z, window.z), vec2f(z.w, window.w), z.w > z.z);
  let largest = select(upper, lower, lower.x > upper.x);
  // NaN is above all; by the bits, since WGSL leaves open what comparisons make
  // of it.
  let isNan = (bitcast<vec4u>(z) & vec4u(0x7fffffff)) > vec4u(0x7f800000);
  if (any(isNan)) {
    return Pooled(z.x + z.y + z.z + z.w, bitcast<u32>(window.x));
  }
  let bits = bitcast<u32>(largest.y);
  return Pooled(max(largest.x, 0), select(nothing, bits, largest.x > 0));
}

@group(0) @binding(8) var<storage, read_write> outputPairs: array<vec2<Output>>;
@group(0) @binding(9) var<storage, read_write> pickedPairs: array<vec2u>;

// Where the width is a multiple of 4: an invocation makes two windows at once.
@compute @workgroup_size(workgroupSize)
fn forwardPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let normalisation = batchNormalisation(workgroup, local);
  let planes = planesOf(area() / 8, block.width / 4);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let upper = vec4f(quads[at]);
    let lower = vec4f(quads[at + planes.columns]);
    let left = pool(vec4f(upper.xy, lower.xy), normalisation);
    let right = pool(vec4f(upper.zw, lower.zw), normalisation);
    outputPairs[walk.at] = vec2<Output>(vec2f(left.value, right.value));
    pickedPairs[walk.at] = vec2u(left.source, right.source);
    walk = after(walk, planes);
  }
}

@group(0) @binding(0) var<storage, read> pairs: array<vec2<Convolved>>;
@group(0) @binding(8) var<storage, read_write> output: array<Output>;
@group(0) @binding(9) var<storage, read_write> picked: array<u32>;

@compute @workgroup_size(workgroupSize)
fn forwardSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let normalisation = batchNormalisation(workgroup, local);
  let planes = planesOf(area() / 4, block.width / 2);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let upper = vec2f(pairs[at]);
    let lower = vec2f(pairs[at + planes.columns]);
    let pooled = pool(vec4f(upper, lower), normalisation);
    output[walk.at] = Output(pooled.value);
    picked[walk.at] = pooled.source;
    walk = after(walk, planes);
  }
}

@group(0) @binding(1) var<storage, read> knownMean: array<f32>;
@group(0) @binding(4) var<storage, read> knownVar: array<f32>;

fn knownNormalisation(channel: u32) -> Normalisation {
  let inverse = 1 / sqrt(knownVar[channel] + eps);
  return
    Normalisation(knownMean[channel], inverse * scale[channel], shift[channel]);
}

// The same by the running statistics, for evaluation.
@compute @workgroup_size(workgroupSize)
fn evalPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let normalisation = knownNormalisation(split.channel);
  let planes = planesOf(area() / 8, block.width / 4);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let upper = vec4f(quads[at]);
    let lower = vec4f(quads[at + planes.columns]);
    outputPairs[walk.at] = vec2<Output>(vec2f(
      pool(vec4f(upper.xy, lower.xy), normalisation).value,
      pool(vec4f(upper.zw, lower.zw), normalisation).value,
    ));
    walk = after(walk, planes);
  }
}

@compute @workgroup_size(workgroupSize)
fn evalSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let normalisation = knownNormalisation(split.channel);
  let planes = planesOf(area() / 4, block.width / 2);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let upper = vec2f(pairs[at]);
    let lower = vec2f(pairs[at + planes.columns]);
    output[walk.at] =
      Output(pool(vec4f(upper, lower), normalisation).value);
    walk = after(walk, planes);
  }
}
