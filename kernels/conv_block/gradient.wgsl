// The gradients of a block up to the output of its convolution.

// #import "conv_block/_block.wgsl"
// #import "lib/reduce.wgsl"

@group(0) @binding(0) var<storage, read> quads: array<vec4<Convolved>>;
@group(0) @binding(0) var<storage, read> pairs: array<vec2<Convolved>>;

@group(0) @binding(1) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read> picked: array<u32>;
@group(0) @binding(3) var<storage, read_write> newSums: array<vec2f>;
@group(0) @binding(4) var<storage, read> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradBias: array<f32>;

alias Partial = vec3f;

// Sums of each split, [channels, splits]: of the gradient, and of the gradient
// times the distance from the mean, over those elements that a window picked.
// The gradient with respect to the bias is 0: the normalisation takes it away.
@compute @workgroup_size(workgroupSize)
fn gradientSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let center = mean[split.channel];
  var own: vec2f;
  let planes = planesOf(area() / 4, block.width / 2);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let bits = picked[walk.at];
    let gradient = select(gradOutput[walk.at], 0.0, bits == nothing);
    let distance = select(bitcast<f32>(bits) - center, 0.0, bits == nothing);
    own += vec2f(gradient, gradient * distance);
    walk = after(walk, planes);
  }
  let total = sumOfWorkgroup(vec3f(own, 0), local);
  if (local == 0) {
    newSums[split.channel * splits() + workgroup.x] = total.xy;
    if (workgroup.x == 0) {
      gradBias[split.channel] = 0;
    }
  }
}

@group(0) @binding(1) var<storage, read> gradOutputPairs: array<vec2f>;
@group(0) @binding(2) var<storage, read> pickedPairs: array<vec2u>;
@group(0) @binding(3) var<storage, read> sums: array<vec2f>;
@group(0) @binding(5) var<storage, read> invStd: array<f32>;
@group(0) @binding(6) var<storage, read> scale: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradScale: array<f32>;
@group(0) @binding(8) var<storage, read_write> gradShift: array<f32>;
@group(0) @binding(9) var<storage, read_write> gradQuads: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> gradPairs: array<vec2f>;

// The gradient of the normalisation of a channel: see Ioffe and Szegedy, "Batch
// Normalization" (2015).
struct NormalisationGradient {
  center: f32,
  factor: f32,
  average: f32,
  slope: f32,
}

// The one of a channel; one invocation of all stores its parameters' gradients.
fn normalisationGradient(
  workgroup: vec3u,
  local: u32,
) -> NormalisationGradient {
  let channel = workgroup.y;
  let start = channel * splits();
  var total: vec2f;
  for (var i = start; i < start + splits(); i++) {
    total += sums[i];
  }
  let inverse = invStd[channel];
  let alongScale = total.y * inverse;
  let result = NormalisationGradient(
    mean[channel],
    scale[channel] * inverse,
    total.x / count(),
    alongScale * inverse / count(),
  );
  if (workgroup.x == 0 && local == 0) {
    gradScale[channel] = alongScale;
    gradShift[channel] = total.x;
  }
  return result;
}

// The gradient with respect to the elements of a window.
fn unpool(
  window: vec4f,
  gradient: f32,
  bits: u32,
  through: NormalisationGradient,
) -> vec4f {
  // The first of equals: where several are equal, the pooling took that.
  let same = bitcast<vec4u>(window) == vec4u(bits);
  let first = vec4<bool>(
    same.x,
    same.y && !same.x,
    same.z && !(same.x || same.y),
    same.w && !(same.x || same.y || same.z),
  );
  let arrived = select(vec4f(), vec4f(gradient), first);
  return through.factor *
    (arrived - (through.average + (window - through.center) * through.slope));
}

@compute @workgroup_size(workgroupSize)
fn gradientPairs(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let through = normalisationGradient(workgroup, local);
  let planes = planesOf(area() / 8, block.width / 4);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let upper = vec4f(quads[at]);
    let lower = vec4f(quads[at + planes.columns]);
    let gradients = gradOutputPairs[walk.at];
    let bits = pickedPairs[walk.at];
    let left = unpool(vec4f(upper.xy, lower.xy), gradients.x, bits.x, through);
    let right = unpool(vec4f(upper.zw, lower.zw), gradients.y, bits.y, through);
    gradQuads[at] = vec4f(left.xy, right.xy);
    gradQuads[at + planes.columns] = vec4f(left.zw, right.zw);
    walk = after(walk, planes);
  }
}

@compute @workgroup_size(workgroupSize)
fn gradientSingles(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = splitOf(workgroup);
  let through = normalisationGradient(workgroup, local);
  let planes = planesOf(area() / 4, block.width / 2);
  var walk = elementOf(split, local, planes);
  for (var i = local; i < split.images * planes.size; i += workgroupSize) {
    let at = upperOf(walk);
    let window = vec4f(vec2f(pairs[at]), vec2f(pairs[at + planes.columns]));
    let gradient =
      unpool(window, gradOutput[walk.at], picked[walk.at], through);
    gradPairs[at] = gradient.xy;
    gradPairs[at + planes.columns] = gradient.zw;
    walk = after(walk, planes);
  }
}
