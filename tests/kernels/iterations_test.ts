import { assertEquals } from "@std/assert";
import * as adaptive from "../../kernels/adaptive_avg_pool2d/adaptive_avg_pool2d.ts";
import { argmax, correctCount } from "../../kernels/argmax/argmax.ts";
import * as avgPool from "../../kernels/avg_pool2d/avg_pool2d.ts";
import * as batchNorm from "../../kernels/batch_norm2d/batch_norm2d.ts";
import { channelSum } from "../../kernels/channel_sum/channel_sum.ts";
import { checkLabels } from "../../kernels/check_labels/check_labels.ts";
import { classCounts } from "../../kernels/class_counts/class_counts.ts";
import { sumOfSquares } from "../../kernels/clip_norm/clip_norm.ts";
import * as conv2d from "../../kernels/conv2d/conv2d.ts";
import { crossEntropy } from "../../kernels/cross_entropy/cross_entropy.ts";
import * as groupNorm from "../../kernels/group_norm/group_norm.ts";
import { indexSelectGradient } from "../../kernels/index_select/index_select.ts";
import type {
  AdapterTraits,
  AnyKernel,
  Variant,
} from "../../kernels/kernel.ts";
import { linearForward } from "../../kernels/linear/linear.ts";
import { logsumexpKernels } from "../../kernels/logsumexp/logsumexp.ts";
import { matmul } from "../../kernels/matmul/matmul.ts";
import { max } from "../../kernels/max/max.ts";
import * as maxPool from "../../kernels/max_pool2d/max_pool2d.ts";
import { nllLossForward } from "../../kernels/nll_loss/nll_loss.ts";
import * as softmax from "../../kernels/softmax/softmax.ts";
import { sumKernels } from "../../kernels/sum/sum.ts";
import { topKCount } from "../../kernels/top_k/top_k.ts";
import { upsampleTables } from "../../kernels/upsample/taps.ts";

const adapter: AdapterTraits = {
  isSoftware: false,
  precision: "f32",
  storageBuffers: 8,
  textureTexels: 2 ** 20,
  implementationOf: () => null,
};

/**
 * What the first command of a kernel says that an invocation makes.
 *
 * @param lengths Elements of operands, 1 where none are given; null is none.
 */
function iterationsOf(
  kernel: AnyKernel,
  params: unknown,
  lengths: Readonly<Record<string, number | null>> = {},
  variant: Variant = "direct",
): number | undefined {
  const operands = Object.keys(kernel.operands).map((name) => {
    const length = lengths[name] === undefined ? 1 : lengths[name];
    return [name, length === null ? null : { buffer: { length } }];
  });
  const own = typeof kernel.webgpu === "function"
    ? kernel.webgpu
    : kernel.webgpu![variant]!;
  const [step] = own(Object.fromEntries(operands), params, adapter)!;
  return step.kind === "dispatch" ? step.iterations : undefined;
}

/** Halvings of 256 partial sums, and of 64. */
const [halvings, fewHalvings] = [8, 6];

Deno.test("iterations: sums that one workgroup makes", () => {
  // 600 rows are 3 for each of 256 invocations.
  const rows = { batch: 600, classes: 10, k: 2, ignoreIndex: null, inner: 1 };
  const lengths = { labels: 600 };
  const each = 3 + halvings;
  // The largest of a row, its sum, its gradient; and the row itself.
  assertEquals(iterationsOf(crossEntropy, rows), each * (3 * 10 + 1));
  assertEquals(iterationsOf(correctCount, rows), each * 10);
  assertEquals(iterationsOf(topKCount, rows), each * 10);
  assertEquals(iterationsOf(checkLabels, rows, lengths), each);
  assertEquals(iterationsOf(sumOfSquares, undefined, { x: 1000 }), 4 + 8);
  const planes = { batch: 4, channels: 3, area: 200, eps: 0, momentum: 0 };
  const sum = 4 + halvings;
  assertEquals(iterationsOf(channelSum, planes), sum);
  assertEquals(
    iterationsOf(batchNorm.batchNorm2dStatistics, planes),
    2 * sum,
  );
  assertEquals(
    iterationsOf(batchNorm.batchNorm2dParameterGradient, planes),
    sum,
  );
});

Deno.test("iterations: one invocation for each element", () => {
  const rows = { batch: 600, classes: 10 };
  assertEquals(iterationsOf(classCounts, rows), 600);
  assertEquals(iterationsOf(argmax, rows), 10);
  assertEquals(iterationsOf(nllLossForward, rows), 10);
  const selection = { outer: 2, size: 5, count: 7, inner: 3 };
  assertEquals(iterationsOf(indexSelectGradient, selection), 7);
});

Deno.test("iterations: windows, row by row", () => {
  const shape = {
    ...{ batch: 2, channels: 3, inHeight: 20, inWidth: 30 },
    ...{ outHeight: 9, outWidth: 27, kernelHeight: 3, kernelWidth: 2 },
    ...{ strideHeight: 2, strideWidth: 1, paddingHeight: 0, paddingWidth: 0 },
    ...{ dilationHeight: 1, dilationWidth: 1 },
  };
  const apart = { ...shape, dilationHeight: 2, dilationWidth: 3 };
  const window = 3 * (2 + 1);
  assertEquals(iterationsOf(avgPool.avgPool2dForward, shape), window);
  assertEquals(iterationsOf(maxPool.maxPool2dForward, apart), window);
  // Two windows of three rows, two apart, have a row in common; two of two
  // columns a column.
  assertEquals(iterationsOf(avgPool.avgPool2dGradient, shape), 2 * (2 + 1));
  // Windows of 5 rows and 4 columns.
  assertEquals(iterationsOf(maxPool.maxPool2dGradient, apart), 3 * (4 + 1));
  const means = { ...shape, inHeight: 7, inWidth: 11, outHeight: 3 };
  const wide = { ...means, outWidth: 2, planes: 6 };
  assertEquals(
    iterationsOf(adaptive.adaptiveAvgPool2dForward, wide),
    4 * (7 + 1),
  );
  assertEquals(
    iterationsOf(adaptive.adaptiveAvgPool2dGradient, wide),
    2 * (2 + 1),
  );
});

Deno.test("iterations: outputs that an upsampled pixel is in", () => {
  const height = { inSize: 3, outSize: 7, scaleFactor: null };
  const width = { inSize: 2, outSize: 5, scaleFactor: null };
  const iterations = (bilinear: boolean, alignCorners: boolean) =>
    upsampleTables(height, width, { bilinear, alignCorners }).iterations;
  assertEquals(iterations(false, false), 3 * (3 + 1));
  // The middle row is a tap of 6 rows of output, the right column of all 5.
  assertEquals(iterations(true, true), 6 * (5 + 1));
});

Deno.test("iterations: group normalisation", () => {
  const shape = { batch: 4, groups: 2, channels: 30, area: 10, eps: 0 };
  const group = 5 + fewHalvings;
  assertEquals(iterationsOf(groupNorm.groupNormForward, shape), 3 * group);
  assertEquals(
    iterationsOf(groupNorm.groupNormInputGradient, shape),
    2 * group,
  );
  assertEquals(
    iterationsOf(groupNorm.groupNormParameterGradient, shape),
    1 + fewHalvings,
  );
});

Deno.test("iterations: reductions", () => {
  const params = { factor: 1 };
  const some = { x: 1000, output: 10, axes: 5 };
  // 2 of 100 elements each, of which each has its offset along the axes.
  assertEquals(
    iterationsOf(sumKernels.forward, params, some),
    2 * 5 + 5 + fewHalvings,
  );
  const { forward } = logsumexpKernels;
  assertEquals(
    iterationsOf(forward, params, some),
    2 * 2 * (1 + 5) + 5 + 2 * fewHalvings,
  );
  assertEquals(
    iterationsOf(forward, params, { x: 1000, axes: null }),
    2 * 4 + 2 * halvings,
  );
});

Deno.test("iterations: rows that invocations share", () => {
  const { logSoftmaxForward, logSoftmaxGradient } = softmax;
  const { softmaxForward, softmaxGradient } = softmax;
  const shape = { size: 100, inner: 1, sign: 1 };
  const lengths = { x: 500, output: 500, gradX: 500 };
  // 8 invocations have 13 elements, and 3 halvings.
  for (const kernel of [softmaxForward, logSoftmaxForward]) {
    assertEquals(iterationsOf(kernel, shape, lengths), 3 * (13 + 3));
  }
  for (const kernel of [softmaxGradient, logSoftmaxGradient]) {
    assertEquals(iterationsOf(kernel, shape, lengths), 2 * (13 + 3));
  }
  assertEquals(iterationsOf(max, shape, { x: 500, values: 5 }), 13 + 3);
  // So many rows side by side have 4 each.
  const many = { size: 100, inner: 2 };
  const output = 100 * 16_384;
  assertEquals(iterationsOf(softmaxForward, many, { output }), 3 * (25 + 2));
});

Deno.test("iterations: products", () => {
  // 3 stretches of 16 of the depth: 8 are read, 16 are multiplied.
  const product = { batch: 1, rows: 70, columns: 40, depth: 40 };
  assertEquals(iterationsOf(matmul, product), 3 * (1 + 8 + 16) + 16);
  // 8 invocations have 13 products each, and twice 9 sums.
  const linear = { batch: 8, inFeatures: 100, outFeatures: 8 };
  const lengths = { x: 800, weight: 800, output: 64 };
  assertEquals(iterationsOf(linearForward, linear, lengths), 13 + 2 * 9);
  const shape = {
    ...{ batch: 16, groups: 1, inChannels: 3, inHeight: 12, inWidth: 8 },
    ...{ outChannels: 4, outHeight: 8, outWidth: 6 },
    ...{ kernelHeight: 5, kernelWidth: 3, strideHeight: 1, strideWidth: 1 },
    ...{ paddingHeight: 0, paddingWidth: 0 },
    ...{ dilationHeight: 1, dilationWidth: 1 },
  };
  const { conv2dForward, conv2dWeightGradient } = conv2d;
  assertEquals(iterationsOf(conv2dForward, shape), 3 * 5 * (1 + 3) + 36);
  assertEquals(
    iterationsOf(conv2dForward, shape, {}, "tiled"),
    2 * 3 * 5 * 3,
  );
  // 128 rows are 2 for each of 64 invocations, which sum a tile of 18.
  assertEquals(
    iterationsOf(conv2dWeightGradient, shape),
    2 * (1 + 6) + 18 * (1 + fewHalvings),
  );
});
