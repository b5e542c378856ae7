// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

@unmanaged
export class ConvBlockFoldArgs {
  /** `[channels]`, or 0 for none. */
  bias: usize;
  scale: usize;
  shift: usize;
  runningMean: usize;
  runningVar: usize;
  factor: usize;
  constant: usize;
  channels: i32;
  eps: f32;
}

/**
 * What a normalisation with running statistics makes of a convolution without its bias:
 * `convolved · factor + constant`. By one part, in f64.
 */
export function convBlockFold(
  args: ConvBlockFoldArgs,
  _part: i32,
  _parts: i32,
): void {
  const bias = args.bias;
  const channels = args.channels;
  const eps: f64 = args.eps;
  for (let channel = 0; channel < channels; channel++) {
    const at: usize = channel << 2;
    const variance: f64 = load<f32>(args.runningVar + at);
    const factor = <f64> load<f32>(args.scale + at) / sqrt<f64>(variance + eps);
    let convolved = -<f64> load<f32>(args.runningMean + at);
    if (bias != 0) convolved += load<f32>(bias + at);
    const shift: f64 = load<f32>(args.shift + at);
    store<f32>(args.factor + at, <f32> factor);
    store<f32>(args.constant + at, <f32> (convolved * factor + shift));
  }
}
