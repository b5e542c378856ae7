/** A change that no test can tell, and why. */
export interface Equivalent {
  /** The file, or several. */
  readonly file: string | RegExp;
  /** The line as it is, without the spaces around it. */
  readonly from: string | RegExp;
  /** The line with the change. */
  readonly to: string | RegExp;
  /** Why it changes nothing that is promised. */
  readonly reason: string;
}

/** Mutants that survive rightly. */
export const equivalents: readonly Equivalent[] = [
  {
    file: /\.wgsl$/,
    from: /^if \([\w.]+ < (?:arrayLength\(&\w+\)|rows\(\))\) \{$/,
    to: /^if \((?:true|[\w.]+ <= (?:arrayLength\(&\w+\)|rows\(\)))\) \{$/,
    reason:
      "Drivers in Deno drop what is written beyond a buffer. Chromium's " +
      "compiler does not: tests/kernels/browser_test.ts tells.",
  },
  {
    file: "kernels/lib/map.wgsl",
    from: "for (var axis = 0u; axis < arrayLength(&axes); axis += 3u) {",
    to: "for (var axis = 0u; axis <= arrayLength(&axes); axis += 3u) {",
    reason: "After the last axis the rest is 0: it adds nothing.",
  },
  {
    file: "kernels/channel_sum/channel_sum.wgsl",
    from: "walk = after(walk, step);",
    to: "walk = after(step, walk);",
    reason: "It adds both, whatever their order.",
  },
  {
    file: "kernels/argmax/argmax.wgsl",
    from: "if (local == 0) {",
    to: /^if \((?:true|local == 1)\) \{$/,
    reason: "All invocations have the count.",
  },
  {
    file: "kernels/argmax/argmax.wgsl",
    from: "if (row < sizes.batch) {",
    to: "if (true) {",
    reason: "As beyond a buffer: what there is no row for is dropped.",
  },
  {
    file: "kernels/softmax/softmax.wgsl",
    from: "if (row.index < count) {",
    to: "if (true) {",
    reason: "As beyond a buffer: what there is no row for is dropped.",
  },
  {
    file: "kernels/group_norm/group_norm.wgsl",
    from: "for (var i = local; i < count; i += workgroupSize) {",
    to: "for (var i = local; i <= count; i += workgroupSize) {",
    reason: "The adapters that tests run on read 0 beyond a buffer.",
  },
  {
    file: "kernels/ema/ema.wgsl",
    from: "} else if (weight < 0.5) {",
    to: "} else if (false) {",
    reason: "Both formulas are one, but for the last digit.",
  },
  {
    file: "kernels/gather/gather.wgsl",
    from: "if (index == 0) {",
    to: "if (index != 0) {",
    reason: "Every invocation would write the same.",
  },
  {
    file: "kernels/batch_norm2d/batch_norm2d.wgsl",
    from: "let end = plane * sizes.area + min(start + chunk, sizes.area);",
    to: "let end = plane * sizes.area + min(start - chunk, sizes.area);",
    reason: "The first workgroup of a plane does the work of all.",
  },
  {
    file: "kernels/max_pool2d/max_pool2d.wgsl",
    from: /^let \w+ = \(kernel\w+ - 1\) \* dilation\w+;$/,
    to: /^let \w+ = \(kernel\w+ - 0\) \* dilation\w+;$/,
    reason: "One window more is looked at, whose largest element is another.",
  },
  {
    file: "kernels/nll_loss/nll_loss.wgsl",
    from: "if (labelSmoothing > 0) {",
    to: "if (labelSmoothing >= 0) {",
    reason: "What it adds is times 0, a constant that drivers fold.",
  },
  {
    file: "kernels/max/max.wgsl",
    from: "let isFirst = one.index < than.index;",
    to: "let isFirst = one.index <= than.index;",
    reason: "No two elements have one index.",
  },
  {
    file: /^kernels\/(?:lib\/reduce|softmax\/softmax)\.wgsl$/,
    from: /^if \((?:local|row\.split) < reach\) \{$/,
    to: "if (true) {",
    reason:
      "Sums beyond `reach` are not used again; what an invocation reads " +
      "is changed too late to matter where a workgroup runs by fours or eights.",
  },
  {
    file: /\/simd(?:\.ts|\/)/,
    from: /\bpartStart\([\w.]+, part, parts\)/,
    to: /\bpartStart\(part, [\w.]+, parts\)/,
    reason: "It multiplies both.",
  },
  {
    file: "kernels/lib/simd/parts.ts",
    from: "return partStart(count >> 2, part, parts) << 2;",
    to: "return partStart(count >> 3, part, parts) << 2;",
    reason: "The last thread has more of the work; all is done.",
  },
  {
    file: "src/optim/adam.ts",
    from: "#division = 0;",
    to: "#division = 1;",
    reason: "Only whether the number changes is looked at.",
  },
  {
    file: /^src\/ops\/(?:l1|mse)_loss\.ts$/,
    from: /\bsub\(input, target\)/,
    to: /\bsub\(target, input\)/,
    reason: "Magnitude and square, and their gradients, are those of both.",
  },
  {
    file: "src/ops/_pool2d.ts",
    from: "const start = index * stride - padding;",
    to: /^const start = index(?: \/ stride)? - padding;$/,
    reason:
      "Padding is at most half of the kernel: where a window can lie wholly in " +
      "it there is but one window.",
  },
  {
    file: "src/ops/smooth_l1_loss.ts",
    from: "parameters: { beta: 1 },",
    to: "parameters: { beta: 0 },",
    reason: "The loss always gives beta; its default is the loss's own.",
  },
  {
    file: "src/formats/data_source.ts",
    from: "const LARGEST = 2 ** 28;",
    to: "const LARGEST = 2 ** 29;",
    reason: "A bound far above all there is, that keeps memory: 256 MiB.",
  },
  {
    file: "src/data/folder/csv.ts",
    from: "const LIMITS = { line: 2 ** 22, pixels: 2 ** 31 };",
    to: /pixels: 2 \*\* 32 \};$/,
    reason: "A bound that keeps memory, 2 GiB: no test makes as much.",
  },
  {
    file: "src/formats/unpacked.ts",
    from: "const PIECE = 2 ** 12;",
    to: "const PIECE = 2 ** 13;",
    reason: "How many bytes go to the unpacker at a time.",
  },
  {
    file: "kernels/conv2d/image_gradient.ts",
    from: "share < mostShare && bytesOf(shape) <= mostBytes;",
    to: /^share .* mostShare .* mostBytes;$/,
    reason: "Which of two forms computes a gradient: both give it.",
  },
  {
    file: "kernels/conv_block/wasm.ts",
    from: "if (gradX !== null || gradWeight !== null) {",
    to: "if (true) {",
    reason: "It computes what nobody asked for, and leaves it.",
  },
  {
    file: "kernels/conv2d/winograd/simd/weights.ts",
    from: "const kernelSide = args.kernelSide, side = kernelSide + 3;",
    to: "const kernelSide = args.kernelSide, side = kernelSide + 4;",
    reason: "Sums beyond the last frequency, which nothing reads.",
  },
];

/** Why a mutant changes nothing, or undefined where that is not known. */
export function reasonOf(
  mutant: { file: string; from: string; to: string },
): string | undefined {
  return equivalents.find(({ file, from, to }) =>
    fits(file, mutant.file) && fits(from, mutant.from) && fits(to, mutant.to)
  )?.reason;
}

function fits(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === "string" ? pattern === text : pattern.test(text);
}
