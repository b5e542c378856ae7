// Convolution in two dimensions and its gradients, of any shape: the simplest
// kernels, which compile everywhere.
//
// Images are [batch, channels, height, width], weights [outChannels,
// inChannels, kernelHeight, kernelWidth].

// #import "conv2d/_window.wgsl"
// #import "lib/reduce.wgsl"

alias Partial = f32;

@group(0) @binding(0) var<storage, read> weight: array<Weight>;
@group(0) @binding(1) var<storage, read> source: array<Source>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<Target>;

// The output, and the gradient with respect to x as a convolution of the output's
// gradient. One invocation makes one pixel. Its sum runs over source channels,
// then kernel rows, then kernel columns; the bias comes last.
@compute @workgroup_size(workgroupSize)
fn convolve(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index >= arrayLength(&output)) {
    return;
  }
  let position = vec2u(index / targetWidth % targetHeight, index % targetWidth);
  let channel = index / (targetWidth * targetHeight) % targetChannels;
  let image = index / (targetWidth * targetHeight * targetChannels);
  var sum = 0.0;
  for (var i = 0u; i < sourceChannels; i++) {
    for (var row = 0u; row < kernelHeight; row++) {
      for (var column = 0u; column < kernelWidth; column++) {
        let element = row * kernelWidth + column;
        let last = kernelHeight * kernelWidth - 1;
        let at = channel * targetChannelStep + i * sourceChannelStep +
          select(element, last - element, flipped);
        let plane = image * sourceChannels + i;
        sum += f32(weight[at]) * pixel(plane, position, vec2u(row, column));
      }
    }
  }
  if (hasBias) {
    sum += bias[channel];
  }
  output[index] = Target(sum);
}

// The pixel of the source under an element of the window; the padding, and what
// lies between dilated pixels, is 0.
fn pixel(plane: u32, position: vec2u, element: vec2u) -> f32 {
  let at = vec2i(position) * vec2i(strideHeight, strideWidth) -
    vec2i(paddingHeight, paddingWidth) +
    vec2i(element) * vec2i(dilationHeight, dilationWidth);
  let apart = vec2i(inputDilationHeight, inputDilationWidth);
  let last = vec2i(i32(sourceHeight), i32(sourceWidth)) - 1;
  let own = clamp(at / apart, vec2i(), last);
  let row = plane * sourceHeight + u32(own.x);
  let value = f32(source[row * sourceWidth + u32(own.y)]);
  return select(0.0, value, all(own * apart == at));
}

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradWeight: array<f32>;

// The gradient with respect to the weight. One workgroup makes one element: each
// invocation goes along the rows of the gradient at its own index, that plus
// workgroupSize and so on; then the workgroup adds its sums.
@compute @workgroup_size(workgroupSize)
fn weightGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup.y * workgroups.x + workgroup.x;
  let element = vec2u(index / kernelWidth % kernelHeight, index % kernelWidth);
  let inChannel = index / (kernelWidth * kernelHeight) % sourceChannels;
  let outChannel = index / (kernelWidth * kernelHeight * sourceChannels);
  var sum = 0.0;
  let rows = arrayLength(&gradOutput) / (targetWidth * targetChannels);
  for (var row = local; row < rows; row += workgroupSize) {
    let image = row / targetHeight;
    let plane = image * targetChannels + outChannel;
    let start = (plane * targetHeight + row % targetHeight) * targetWidth;
    for (var column = 0u; column < targetWidth; column++) {
      let position = vec2u(row % targetHeight, column);
      sum += gradOutput[start + column] *
        pixel(image * sourceChannels + inChannel, position, element);
    }
  }
  let total = sumOfWorkgroup(sum, local);
  if (local == 0 && index < arrayLength(&gradWeight)) {
    gradWeight[index] = total;
  }
}
