// Convolution in two dimensions for GPUs, and its gradient with respect to x.

// #import "conv2d/_tiles.wgsl"

@group(0) @binding(0) var<storage, read> weight: array<Weight>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
// One of these: fours of pixels where an image has so many.
@group(0) @binding(3) var<storage, read_write> fours: array<vec4<Target>>;
@group(0) @binding(3) var<storage, read_write> singles: array<Target>;

// Fours of target channels in a tile, fours of pixels, and indices k at a time.
override groups: u32 = 8;
override quads: u32 = 2 * invocations / groups;
override chunk: u32 = 4 * invocations / quads;
override factorCount: u32 = chunk * groups;

var<workgroup> pixelTile: array<vec4f, 4 * invocations>;
var<workgroup> factorTile: array<vec4f, factorCount>;

// What an invocation makes: a column for each of four channels, and in it four
// pixels; the second four are half a tile away.
struct Sums {
  left: mat4x4f,
  right: mat4x4f,
}

fn product(a: vec4f, b: vec4f) -> mat4x4f {
  return mat4x4f(a * b.x, a * b.y, a * b.z, a * b.w);
}

// The sums of an invocation: each over all k in their order.
fn convolved(firstQuad: u32, firstGroup: u32, local: u32, count: u32) -> Sums {
  let own = local % quads;
  let pixels = (firstQuad + own) * 4 + vec4u(0, 1, 2, 3);
  let windows = windowsOf(pixels, count);
  var sums: Sums;
  for (var first = 0u; first < depth; first += chunk) {
    for (var i = local / quads; i < chunk; i += invocations / quads) {
      pixelTile[i * quads + own] = seen(windows, vec4u(first + i));
    }
    for (var i = local; i < factorCount; i += invocations) {
      let k = i % chunk;
      let group = i / chunk;
      factorTile[k * groups + group] =
        weightsAt(first + k, (firstGroup + group) * 4);
    }
    workgroupBarrier();
    for (var k = 0u; k < chunk; k++) {
      let at = k * quads + local % (quads / 2);
      let factors = factorTile[k * groups + local / (quads / 2)];
      sums.left += product(pixelTile[at], factors);
      sums.right += product(pixelTile[at + quads / 2], factors);
    }
    workgroupBarrier();
  }
  return sums;
}

// The weights of four channels at an index k.
fn weightsAt(k: u32, channel: u32) -> vec4f {
  let channels = channel + vec4u(0, 1, 2, 3);
  let element = k % kernelArea;
  let offset = min(k, depth - 1) / kernelArea * sourceChannelStep +
    select(element, kernelArea - 1 - element, flipped);
  let at =
    min(channels, vec4u(targetChannels - 1)) * targetChannelStep + offset;
  let weights = vec4<Weight>(
    weight[at.x], weight[at.y], weight[at.z], weight[at.w],
  );
  return select(vec4f(), vec4f(weights), vec4<bool>(k < depth));
}

// The output, and the gradient with respect to x as a convolution of the output's
// gradient.
//
// One workgroup makes a tile of 4 · quads pixels and 4 · groups channels, an
// invocation two fours of pixels of four channels. Workgroups along x and y run
// over pixels, along z over channels. The bias comes last.
@compute @workgroup_size(invocations)
fn convolveFours(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = workgroup.y * workgroups.x + workgroup.x;
  _ = storedFours(tile, workgroup.z, local, arrayLength(&fours) * 4);
}

// Makes and stores the fours of an invocation, and gives them as they are stored.
fn storedFours(tile: u32, channelTile: u32, local: u32, length: u32) -> Sums {
  let firstGroup = channelTile * groups;
  let count = length / targetChannels;
  var sums = convolved(tile * quads, firstGroup, local, count);
  let quad = tile * quads + local % (quads / 2);
  let channel = (firstGroup + local / (quads / 2)) * 4;
  for (var i = 0u; i < 4; i++) {
    sums.left[i] = storedFour(quad, channel + i, sums.left[i], count);
    sums.right[i] =
      storedFour(quad + quads / 2, channel + i, sums.right[i], count);
  }
  return sums;
}

// Beyond the last pixel nothing is stored, and all is 0.
fn storedFour(quad: u32, channel: u32, values: vec4f, count: u32) -> vec4f {
  if (quad * 4 < count && channel < targetChannels) {
    let four = vec4<Target>(values + shiftOf(channel));
    fours[indexOf(quad * 4, channel) / 4] = four;
    return vec4f(four);
  }
  return vec4f();
}

// Where a pixel of a channel is in the target.
fn indexOf(pixel: u32, channel: u32) -> u32 {
  return (pixel / area * targetChannels + channel) * area + pixel % area;
}

fn shiftOf(channel: u32) -> f32 {
  if (hasBias) {
    return bias[channel];
  }
  return 0.0;
}

@group(0) @binding(4) var<storage, read_write> partials: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> batches: array<i32>;

// The same, and in the epilogue the statistics of what it makes, [targetChannels,
// tiles]: the mean of a channel in a tile, and the sum of the squares around it.
// One invocation of all counts the batch.
@compute @workgroup_size(invocations)
fn convolveWithStatistics(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let length = arrayLength(&fours) * 4;
  let sums = storedFours(tile, workgroup.z, local, length);
  let count = length / targetChannels;
  let first = tile * 4 * quads;
  let pixels = min(4 * quads, max(count, first) - first);
  let own = 4 * (local % (quads / 2) + vec2u(0, quads / 2));
  let inside = own < vec2u(pixels);
  let means = total(vec4f(1) * (sums.left + sums.right), local) /
    f32(max(pixels, 1));
  let squares = total(squaresAround(means, sums, inside), local);
  let channel = (workgroup.z * groups + local / (quads / 2)) * 4;
  let tiles = (count + 4 * quads - 1) / (4 * quads);
  if (local % (quads / 2) == 0 && pixels > 0) {
    for (var i = 0u; i < 4; i++) {
      if (channel + i < targetChannels) {
        partials[(channel + i) * tiles + tile] = vec2f(means[i], squares[i]);
      }
    }
  }
  if (tile == 0 && workgroup.z == 0 && local == 0) {
    batches[0] += 1;
  }
}

// Of those fours that are inside, for each of an invocation's channels.
fn squaresAround(means: vec4f, sums: Sums, inside: vec2<bool>) -> vec4f {
  let shares = select(vec2f(), vec2f(1), inside);
  var squares: vec4f;
  for (var i = 0u; i < 4; i++) {
    let left = sums.left[i] - means[i];
    let right = sums.right[i] - means[i];
    squares[i] = dot(shares, vec2f(dot(left, left), dot(right, right)));
  }
  return squares;
}

// The sum over the invocations with the same channels, by halves as elsewhere.
fn total(own: vec4f, local: u32) -> vec4f {
  let place = local % (quads / 2);
  workgroupBarrier();
  pixelTile[local] = own;
  for (var reach = quads / 4; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (place < reach) {
      pixelTile[local] += pixelTile[local + reach];
    }
  }
  workgroupBarrier();
  return pixelTile[local - place];
}

// The same for images of any size.
@compute @workgroup_size(invocations)
fn convolveSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let firstQuad = (workgroup.y * workgroups.x + workgroup.x) * quads;
  let firstGroup = workgroup.z * groups;
  let count = arrayLength(&singles) / targetChannels;
  var sums = convolved(firstQuad, firstGroup, local, count);
  let quad = firstQuad + local % (quads / 2);
  let channel = (firstGroup + local / (quads / 2)) * 4;
  for (var i = 0u; i < 16; i++) {
    let own = channel + i / 4;
    let pixel = quad * 4 + i % 4;
    storeSingle(pixel, own, sums.left[i / 4][i % 4], count);
    storeSingle(pixel + quads * 2, own, sums.right[i / 4][i % 4], count);
  }
}

fn storeSingle(pixel: u32, channel: u32, value: f32, count: u32) {
  if (pixel < count && channel < targetChannels) {
    singles[indexOf(pixel, channel)] = Target(value + shiftOf(channel));
  }
}
