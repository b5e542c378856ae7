// What a block does around its convolution: batch normalisation, ReLU and a max
// pooling by 2×2 windows side by side, of images [batch, channels, height,
// width] of even height and width.
//
// One workgroup makes one part of one channel: `imagesPerPart` images, along x;
// channels lie along y. Its invocations take the elements at their own index,
// that plus workgroupSize and so on. Sums over a channel are made in two steps:
// one kernel makes a sum for each part, and the next adds these in their order.
// Those of a part are added by halves: the first half of the invocations adds
// the sums of the second half to its own, and so on.
//
// `picked` is what the pooling notes for the way back: the convolution's output
// where each window is largest, as bits, or `nothing` where ReLU makes it 0.

override batch: u32;
override channels: u32;
override height: u32;
override width: u32;
override imagesPerPart: u32;
override eps: f32;
override momentum: f32;
override workgroupSize: u32;

override area: u32 = height * width;
override windows: u32 = area / 4;
override count: f32 = f32(batch * area);
override parts: u32 = (batch + imagesPerPart - 1) / imagesPerPart;

// A NaN that no processor makes: theirs have the highest fraction bit alone.
const nothing = 0x7fffffffu;

// The images of a workgroup, and its channel.
struct Part {
  first: u32,
  images: u32,
  channel: u32,
}

fn partOf(workgroup: vec3u) -> Part {
  let first = workgroup.x * imagesPerPart;
  return Part(first, min(imagesPerPart, batch - first), workgroup.y);
}

// Where the i-th of the `size` elements that a plane has is, counted through
// all images of a part.
fn element(part: Part, i: u32, size: u32) -> u32 {
  return ((part.first + i / size) * channels + part.channel) * size + i % size;
}

@group(0) @binding(0) var<storage, read> values: array<vec4<Convolved>>;
@group(0) @binding(1) var<storage, read_write> newMoments: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> batches: array<i32>;

var<workgroup> partial: array<vec3f, workgroupSize>;

// Mean of each part, and the sum of the squares around it: [channels, parts].
// One invocation of all counts the batch.
//
// An invocation sums differences from the first of its elements, since the
// difference of two large sums would lose its digits. How two sets are made one
// is from Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm
// for Computing Sample Variances" (1979).
@compute @workgroup_size(workgroupSize)
fn momentsOfParts(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let size = area / 4;
  let end = part.images * size;
  let center = vec4f(values[element(part, min(local, end - 1), size)]);
  var sum: vec4f;
  var squares: vec4f;
  for (var i = local; i < end; i += workgroupSize) {
    let difference = vec4f(values[element(part, i, size)]) - center;
    sum += difference;
    squares += difference * difference;
  }
  let own = f32((end - min(local, end) + workgroupSize - 1) / workgroupSize);
  let means = center + sum / max(own, 1);
  let mean = dot(means, vec4f(0.25));
  let around = squares - sum * sum / max(own, 1);
  let shifts = means - mean;
  let squaresAround = dot(around + own * shifts * shifts, vec4f(1));
  let all = unitedOfAll(vec3f(4 * own, mean, squaresAround), local);
  if (local == 0) {
    newMoments[part.channel * parts + workgroup.x] = all.yz;
    if (workgroup.x == 0 && workgroup.y == 0) {
      batches[0] += 1;
    }
  }
}

// The sets of all invocations as one.
fn unitedOfAll(own: vec3f, local: u32) -> vec3f {
  partial[local] = own;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] = united(partial[local], partial[local + reach]);
    }
  }
  workgroupBarrier();
  return partial[0];
}

// Two sets of numbers as one: how many, their mean, the squares around it.
fn united(a: vec3f, b: vec3f) -> vec3f {
  let both = a.x + b.x;
  let share = b.x / max(both, 1);
  let shift = b.y - a.y;
  let squares = a.z + b.z + shift * shift * a.x * share;
  return vec3f(both, a.y + shift * share, squares);
}

@group(0) @binding(1) var<storage, read> moments: array<vec2f>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<f32>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<f32>;
@group(0) @binding(6) var<storage, read_write> newMean: array<f32>;
@group(0) @binding(7) var<storage, read_write> newInverse: array<f32>;

// How many parts the moments of a channel come in, and elements of all but the
// last of them: what made them has its own way to part a channel.
override momentParts: u32;
override momentElements: u32;

// Mean and variance (biased) of a channel, for all invocations of a workgroup:
// each unites the parts at its own index, that plus workgroupSize and so on.
fn statisticsOf(channel: u32, local: u32) -> vec2f {
  let start = channel * momentParts;
  var own: vec3f;
  for (var i = local; i < momentParts; i += workgroupSize) {
    let elements = min(momentElements, batch * area - i * momentElements);
    own = united(own, vec3f(f32(elements), moments[start + i]));
  }
  let all = unitedOfAll(own, local);
  return vec2f(all.y, all.z / count);
}

// How a channel is normalised.
struct Normalisation {
  center: f32,
  factor: f32,
  shift: f32,
}

// That of a channel in training; one invocation of all writes it down.
fn batchNormalisation(workgroup: vec3u, local: u32) -> Normalisation {
  let channel = workgroup.y;
  let statistics = statisticsOf(channel, local);
  let inverse = 1 / sqrt(statistics.y + eps);
  let result =
    Normalisation(statistics.x, inverse * scale[channel], shift[channel]);
  if (workgroup.x == 0 && local == 0) {
    newMean[channel] = statistics.x;
    newInverse[channel] = inverse;
    let unbiased = statistics.y * (count / (count - 1));
    runningMean[channel] += momentum * (statistics.x - runningMean[channel]);
    runningVariance[channel] +=
      momentum * (unbiased - runningVariance[channel]);
  }
  return result;
}

// A window's elements, row by row.
struct Pooled {
  output: f32,
  picked: u32,
}

fn pool(window: vec4f, normalisation: Normalisation) -> Pooled {
  let z =
    (window - normalisation.center) * normalisation.factor + normalisation.shift;
  // The first of equals, as in PyTorch.
  let upper = select(vec2f(z.x, window.x), vec2f(z.y, window.y), z.y > z.x);
  let lower = select(vec2f(z.z, window.z), vec2f(z.w, window.w), z.w > z.z);
  let largest = select(upper, lower, lower.x > upper.x);
  // NaN is above all; by the bits, since comparisons may do what they like.
  let hidden = (bitcast<vec4u>(z) & vec4u(0x7fffffff)) > vec4u(0x7f800000);
  if (any(hidden)) {
    return Pooled(z.x + z.y + z.z + z.w, bitcast<u32>(window.x));
  }
  let bits = bitcast<u32>(largest.y);
  return Pooled(max(largest.x, 0), select(nothing, bits, largest.x > 0));
}

@group(0) @binding(8) var<storage, read_write> outputs: array<vec2<Output>>;
@group(0) @binding(9) var<storage, read_write> picks: array<vec2u>;

// Where the width is a multiple of 4: an invocation makes two windows at once.
@compute @workgroup_size(workgroupSize)
fn forwardPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let normalisation = batchNormalisation(workgroup, local);
  for (var i = local; i < part.images * windows / 2; i += workgroupSize) {
    let index = element(part, i, windows / 2);
    let upper = vec4f(values[upperOf(index, width / 4)]);
    let lower = vec4f(values[upperOf(index, width / 4) + width / 4]);
    let left = pool(vec4f(upper.xy, lower.xy), normalisation);
    let right = pool(vec4f(upper.zw, lower.zw), normalisation);
    outputs[index] = vec2<Output>(vec2f(left.output, right.output));
    picks[index] = vec2u(left.picked, right.picked);
  }
}

// The place of a window's upper row, in a plane where each row of windows has
// `columns` of them and each row of elements as many.
fn upperOf(window: u32, columns: u32) -> u32 {
  return window + window / columns * columns;
}

@group(0) @binding(0) var<storage, read> halves: array<vec2<Convolved>>;
@group(0) @binding(8) var<storage, read_write> output: array<Output>;
@group(0) @binding(9) var<storage, read_write> newPicked: array<u32>;

@compute @workgroup_size(workgroupSize)
fn forwardSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let normalisation = batchNormalisation(workgroup, local);
  for (var i = local; i < part.images * windows; i += workgroupSize) {
    let index = element(part, i, windows);
    let upper = vec2f(halves[upperOf(index, width / 2)]);
    let lower = vec2f(halves[upperOf(index, width / 2) + width / 2]);
    let pooled = pool(vec4f(upper, lower), normalisation);
    output[index] = Output(pooled.output);
    newPicked[index] = pooled.picked;
  }
}

@group(0) @binding(1) var<storage, read> knownMean: array<f32>;
@group(0) @binding(4) var<storage, read> knownVariance: array<f32>;
@group(0) @binding(5) var<storage, read_write> evalOutputs: array<vec2<Output>>;
@group(0) @binding(5) var<storage, read_write> evalOutput: array<Output>;

fn knownNormalisation(channel: u32) -> Normalisation {
  let inverse = 1 / sqrt(knownVariance[channel] + eps);
  return
    Normalisation(knownMean[channel], inverse * scale[channel], shift[channel]);
}

// The same by the running statistics, for evaluation.
@compute @workgroup_size(workgroupSize)
fn evalPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let normalisation = knownNormalisation(part.channel);
  for (var i = local; i < part.images * windows / 2; i += workgroupSize) {
    let index = element(part, i, windows / 2);
    let upper = vec4f(values[upperOf(index, width / 4)]);
    let lower = vec4f(values[upperOf(index, width / 4) + width / 4]);
    evalOutputs[index] = vec2<Output>(vec2f(
      pool(vec4f(upper.xy, lower.xy), normalisation).output,
      pool(vec4f(upper.zw, lower.zw), normalisation).output,
    ));
  }
}

@compute @workgroup_size(workgroupSize)
fn evalSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let normalisation = knownNormalisation(part.channel);
  for (var i = local; i < part.images * windows; i += workgroupSize) {
    let index = element(part, i, windows);
    let upper = vec2f(halves[upperOf(index, width / 2)]);
    let lower = vec2f(halves[upperOf(index, width / 2) + width / 2]);
    evalOutput[index] =
      Output(pool(vec4f(upper, lower), normalisation).output);
  }
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> picked: array<u32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> newSums: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> gradBias: array<f32>;

// Sums of each part, [channels, parts]: of the gradient, and of the gradient
// times the distance from the mean, over those elements that a window picked.
// The gradient by the convolution's bias is 0: the normalisation takes it away.
@compute @workgroup_size(workgroupSize)
fn gradientSumsOfParts(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let center = mean[part.channel];
  var sums: vec2f;
  for (var i = local; i < part.images * windows; i += workgroupSize) {
    let index = element(part, i, windows);
    let bits = picked[index];
    let gradient = select(gradOutput[index], 0.0, bits == nothing);
    let distance = select(bitcast<f32>(bits) - center, 0.0, bits == nothing);
    sums += vec2f(gradient, gradient * distance);
  }
  partial[local] = vec3f(sums, 0);
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  if (local == 0) {
    newSums[part.channel * parts + workgroup.x] = partial[0].xy;
    if (workgroup.x == 0) {
      gradBias[part.channel] = 0;
    }
  }
}

@group(0) @binding(1) var<storage, read> gradOutputs: array<vec2f>;
@group(0) @binding(1) var<storage, read> gradOutputSingles: array<f32>;
@group(0) @binding(2) var<storage, read> pickedPairs: array<vec2u>;
@group(0) @binding(2) var<storage, read> pickedSingles: array<u32>;
@group(0) @binding(3) var<storage, read> sums: array<vec2f>;
@group(0) @binding(4) var<storage, read> batchMean: array<f32>;
@group(0) @binding(5) var<storage, read> inverseDeviation: array<f32>;
@group(0) @binding(6) var<storage, read> factors: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradScale: array<f32>;
@group(0) @binding(8) var<storage, read_write> gradShift: array<f32>;
@group(0) @binding(9) var<storage, read_write> gradQuads: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> gradHalves: array<vec2f>;

// How the gradient goes back through the normalisation of a channel: see Ioffe
// and Szegedy, "Batch Normalization" (2015).
struct WayBack {
  center: f32,
  factor: f32,
  average: f32,
  slope: f32,
}

// That of a channel; one invocation of all writes down its parameters' gradients.
fn wayBack(workgroup: vec3u, local: u32) -> WayBack {
  let channel = workgroup.y;
  let start = channel * parts;
  var total: vec2f;
  for (var i = start; i < start + parts; i++) {
    total += sums[i];
  }
  let inverse = inverseDeviation[channel];
  let alongScale = total.y * inverse;
  let result = WayBack(
    batchMean[channel],
    factors[channel] * inverse,
    total.x / count,
    alongScale * inverse / count,
  );
  if (workgroup.x == 0 && local == 0) {
    gradScale[channel] = alongScale;
    gradShift[channel] = total.x;
  }
  return result;
}

// The gradient by the elements of a window.
fn unpool(window: vec4f, gradient: f32, bits: u32, way: WayBack) -> vec4f {
  // The first of equals: where several are equal, the pooling took that.
  let same = bitcast<vec4u>(window) == vec4u(bits);
  let first = vec4<bool>(
    same.x,
    same.y && !same.x,
    same.z && !(same.x || same.y),
    same.w && !(same.x || same.y || same.z),
  );
  let arrived = select(vec4f(), vec4f(gradient), first);
  return way.factor *
    (arrived - (way.average + (window - way.center) * way.slope));
}

@compute @workgroup_size(workgroupSize)
fn gradientPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let way = wayBack(workgroup, local);
  for (var i = local; i < part.images * windows / 2; i += workgroupSize) {
    let index = element(part, i, windows / 2);
    let place = upperOf(index, width / 4);
    let upper = vec4f(values[place]);
    let lower = vec4f(values[place + width / 4]);
    let gradients = gradOutputs[index];
    let bits = pickedPairs[index];
    let left = unpool(vec4f(upper.xy, lower.xy), gradients.x, bits.x, way);
    let right = unpool(vec4f(upper.zw, lower.zw), gradients.y, bits.y, way);
    gradQuads[place] = vec4f(left.xy, right.xy);
    gradQuads[place + width / 4] = vec4f(left.zw, right.zw);
  }
}

@compute @workgroup_size(workgroupSize)
fn gradientSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = partOf(workgroup);
  let way = wayBack(workgroup, local);
  for (var i = local; i < part.images * windows; i += workgroupSize) {
    let index = element(part, i, windows);
    let place = upperOf(index, width / 2);
    let window = vec4f(vec2f(halves[place]), vec2f(halves[place + width / 2]));
    let gradient =
      unpool(window, gradOutputSingles[index], pickedSingles[index], way);
    gradHalves[place] = gradient.xy;
    gradHalves[place + width / 2] = gradient.zw;
  }
}
