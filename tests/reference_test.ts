import { assertEquals } from "@std/assert";
import { dropoutForward } from "../kernels/dropout/dropout.ts";
import { gatherBatch } from "../kernels/gather/gather.ts";
import { addKernels } from "../kernels/add/add.ts";
import { mulKernels } from "../kernels/mul/mul.ts";
import { sumKernels } from "../kernels/sum/sum.ts";
import { pcg3d } from "../kernels/lib/pcg3d.ts";
import { assertClose } from "./close.ts";
import * as reference from "./reference.ts";
import * as families from "./reference/families.ts";
import * as operations from "./reference/_operations.ts";
import type { Arrays, Operation } from "./reference/_operations.ts";

const { conv2dShape, pool2dShape, uniform } = reference;

/** Worst error measured over all operations: 8.2e-10 absolute. */
const DIFFERENCE = { atol: 5e-9, rtol: 0 };

/** Half the distance between the two points of a central difference. */
const STEP = 1e-5;

/** Compares every gradient of the operation with central differences. */
function assertGradients(operation: Operation, inputs: Arrays): void {
  const output = operation.forward(inputs);
  const gradOutput = uniform(output.length, 100);
  const gradients = operation.backward(gradOutput, inputs);
  for (const [name, input] of Object.entries(inputs)) {
    const differences = input.map((value, i) => {
      const loss = (moved: number) => {
        const output = operation.forward({
          ...inputs,
          [name]: input.with(i, moved),
        });
        return output.reduce((sum, one, i) => sum + one * gradOutput[i], 0);
      };
      return (loss(value + STEP) - loss(value - STEP)) / (2 * STEP);
    });
    assertClose(gradients[name], differences, DIFFERENCE, name);
  }
}

const CONVOLUTIONS = {
  "3×5 kernel, padding of its own per axis": conv2dShape(3, 2, 4, [6, 7], {
    kernel: [3, 5],
    padding: [1, 2],
  }),
  "batch 1, stride 2": conv2dShape(1, 3, 2, [7, 6], {
    kernel: [2, 3],
    stride: [2, 2],
    padding: [0, 1],
  }),
  "dilation 2": conv2dShape(1, 2, 3, [8, 7], {
    kernel: [3, 2],
    padding: [2, 0],
    dilation: [2, 2],
  }),
  "everything": conv2dShape(3, 2, 3, [8, 9], {
    kernel: [3, 2],
    stride: [2, 3],
    padding: [3, 1],
    dilation: [2, 3],
  }),
};

for (const [name, shape] of Object.entries(CONVOLUTIONS)) {
  Deno.test(`conv2d's gradients equal central differences: ${name}`, () => {
    const { batch, inChannels, inHeight, inWidth, outChannels } = shape;
    const taps = inChannels * shape.kernelHeight * shape.kernelWidth;
    assertGradients(operations.conv2d(shape), {
      x: uniform(batch * inChannels * inHeight * inWidth, 1),
      weight: uniform(outChannels * taps, 2),
      bias: uniform(outChannels, 3),
    });
  });
}

for (const [batch, channels, area] of [[3, 2, 20], [1, 4, 6]]) {
  const shape = { batch, channels, area, eps: 1e-3 };
  const inputs = {
    x: uniform(batch * channels * area, 1),
    weight: uniform(channels, 2),
    bias: uniform(channels, 3),
  };

  Deno.test(`batchNorm2d's gradients in training equal central differences: batch ${batch}`, () => {
    assertGradients(operations.batchNorm2dTrain(shape), inputs);
  });

  Deno.test(`batchNorm2d's gradients in evaluation equal central differences: batch ${batch}`, () => {
    const mean = uniform(channels, 4);
    const variance = uniform(channels, 5).map((value) => value + 1.5);
    assertGradients(
      operations.batchNorm2dEval(shape, mean, variance),
      inputs,
    );
  });
}

Deno.test("relu's gradient equals central differences", () => {
  assertGradients(operations.relu(), { x: uniform(35, 1) });
});

const POOLINGS = {
  "2×2": pool2dShape(3, 2, [6, 4], { kernel: [2, 2], stride: [2, 2] }),
  "batch 1, overlap, padding": pool2dShape(1, 3, [7, 6], {
    kernel: [3, 2],
    stride: [2, 1],
    padding: [1, 1],
  }),
};
const DILATED_POOLING = pool2dShape(3, 2, [8, 7], {
  kernel: [3, 2],
  stride: [1, 2],
  padding: [1, 1],
  dilation: [2, 3],
});

for (
  const [name, shape] of Object.entries({
    ...POOLINGS,
    "dilation": DILATED_POOLING,
  })
) {
  Deno.test(`maxPool2d's gradient equals central differences: ${name}`, () => {
    const { batch, channels, inHeight, inWidth } = shape;
    const x = uniform(batch * channels * inHeight * inWidth, 1);
    assertGradients(operations.maxPool2d(shape), { x });
  });
}

for (const [name, shape] of Object.entries(POOLINGS)) {
  Deno.test(`avgPool2d's gradient equals central differences: ${name}`, () => {
    const { batch, channels, inHeight, inWidth } = shape;
    const x = uniform(batch * channels * inHeight * inWidth, 1);
    for (const countIncludePad of [true, false]) {
      const operation = operations.avgPool2d({ ...shape, countIncludePad });
      assertGradients(operation, { x });
    }
  });
}

for (const batch of [1, 3]) {
  Deno.test(`linear's gradients equal central differences: batch ${batch}`, () => {
    const shape = { batch, inFeatures: 5, outFeatures: 4 };
    assertGradients(operations.linear(shape), {
      x: uniform(batch * 5, 1),
      weight: uniform(4 * 5, 2),
      bias: uniform(4, 3),
    });
  });

  Deno.test(`crossEntropy's gradient equals central differences: batch ${batch}`, () => {
    const shape = { batch, classes: 7 };
    const labels = Int32Array.of(6, 0, 3).subarray(0, batch);
    assertGradients(operations.crossEntropy(shape, labels), {
      logits: uniform(batch * 7, 1),
    });
  });
}

Deno.test("dropout's gradient equals central differences", () => {
  const { mask } = dropped(uniform(20, 1), 3, 0.25);
  assertGradients({
    forward: ({ x }) => dropped(x, 3, 0.25).output,
    backward: (gradOutput) => ({ x: gradOutput.map((g, i) => g * mask[i]) }),
  }, { x: uniform(20, 1) });
});

Deno.test("the gradients of add and mul equal central differences", () => {
  const inputs = { left: uniform(15, 1), right: uniform(15, 2) };
  assertGradients(families.binary(addKernels), inputs);
  assertGradients(families.binary(mulKernels), inputs);
});

Deno.test("the gradients of sum and mean equal central differences", () => {
  const x = uniform(15, 1);
  assertGradients(families.reduction(sumKernels, 1), { x });
  assertGradients(families.reduction(sumKernels, 1 / 15), { x });
});

Deno.test("pcg3d gives the numbers of its published listing", () => {
  assertEquals(
    pcg3d(123456789, 4294967295, 42),
    [3902311053, 3879399942, 3432508670],
  );
});

Deno.test("dropout drops the given share and scales the rest", () => {
  const x = new Float64Array(10_000);
  const { mask } = dropped(x, 1, 0.2);
  assertEquals(new Set(mask), new Set([0, 1.25]));
  // Ten thousand draws: the share's standard deviation is 0.004.
  const share = mask.filter((factor) => factor === 0).length / 10_000;
  assertClose([share], [0.2], { atol: 0.016, rtol: 0 }, "share");
  const { mask: next } = dropped(x, 2, 0.2);
  const both = mask.filter((factor, i) => factor + next[i] === 0).length;
  assertClose([both / 10_000], [0.04], { atol: 0.008, rtol: 0 }, "next draw");
});

/** Dropout by the kernel's reference, with seed 42. */
function dropped(x: Float64Array, draws: number, probability: number) {
  const mask = new Float64Array(x.length);
  const output = new Float64Array(x.length);
  const state = Int32Array.of(draws, 42);
  dropoutForward.reference({ x, state, mask, output }, {
    probability,
    area: 1,
  });
  return { mask, output };
}

Deno.test("gatherBatch picks, repeats and normalises rows", () => {
  const pick = (
    pixels: Uint8Array,
    order: number[],
    mean: number,
    std: number,
  ) => {
    const batch = order.length;
    const output = new Float64Array(batch * 2);
    const targets = new Int32Array(batch);
    const next = new Int32Array(1);
    gatherBatch.reference({
      ...{ shard0: pixels, shard1: null, shard2: null, shard3: null },
      source: Int32Array.of(7, 2, 1),
      indices: Int32Array.of(9, ...order),
      cursor: Int32Array.of(1),
      ...{ output, targets, next },
    }, {
      ...{ batch, rowLength: 2, targetLength: 1, rowsPerShard: 4 },
      ...{ divisor: 255, mean, std },
    });
    return { output, targets, next };
  };
  assertEquals(
    pick(Uint8Array.of(0, 51, 255, 102, 153, 204), [2, 0, 2], 0, 1),
    {
      output: Float64Array.of(0.6, 0.8, 0, 0.2, 0.6, 0.8),
      targets: Int32Array.of(1, 7, 1),
      next: Int32Array.of(4),
    },
  );
  const { output } = pick(Uint8Array.of(0, 255), [0], 0.5, 0.25);
  assertEquals(output, Float64Array.of(-2, 2));
});
