import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  evaluate,
  type EvaluateOptions,
  Identity,
  metrics,
  mseLoss,
  ShapeError,
  sum,
  TensorDataset,
} from "../../mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

// deno-fmt-ignore
const scores = new Float32Array([
  .1, .7, .2,
  .5, .3, .2,
  .2, .2, .6,
  .4, .35, .25,
  .3, .3, .4,
  .9, .05, .05,
  .1, .2, .7,
]);
const classified = new TensorDataset(scores, [1, 1, 2, 2, 0, 0, 1], {
  rowShape: [3],
  classes: 3,
});

const outputs = new Float32Array([1, 2, 3, 4, 5, 6]);
const numbers = new TensorDataset(outputs, [1, 4, 3, 0, 5.5, -6], {
  rowShape: [2],
  targetShape: [2],
});

async function measure(
  device: Device,
  dataset: TensorDataset,
  options: EvaluateOptions,
) {
  return await evaluate(device, new Identity().to(device), dataset, options);
}

deviceTest("metrics of 7 points of 3 classes", async (device) => {
  for (const batchSize of [1, 3, 7]) {
    const { accuracy, metrics: found } = await measure(device, classified, {
      batchSize,
      metrics: [
        metrics.accuracy(),
        metrics.topK(1),
        metrics.topK(2),
        metrics.topK(3),
        metrics.f1(),
      ],
    });
    assertEquals(accuracy, 3 / 7);
    const { f1, ...shares } = found;
    // Of torch.topk and NumPy; the F1 of the classes are 0.4, 0.5, 0.4.
    assertEquals(shares, {
      accuracy: 3 / 7,
      top1: 3 / 7,
      top2: 6 / 7,
      top3: 1,
    });
    assertClose([f1], [(0.4 + 0.5 + 0.4) / 3], { atol: 1e-7, rtol: 0 }, "f1");
  }
});

deviceTest("F1 leaves out a class that never occurs", async (device) => {
  const data = new TensorDataset(new Float32Array([1, 0, 0, 1, 0, 0]), [0, 1], {
    rowShape: [3],
    classes: 3,
  });
  const { metrics: { f1 } } = await measure(device, data, {
    metrics: [metrics.f1()],
  });
  // Of class 0: one right, two predicted, one label; of class 1: never right.
  assertClose([f1], [(2 / 3 + 0) / 2], { atol: 1e-7, rtol: 0 }, "f1");
});

deviceTest("the mean absolute error is of all numbers", async (device) => {
  for (const batchSize of [1, 2, 3]) {
    const { accuracy, loss, metrics: found } = await measure(device, numbers, {
      batchSize,
      loss: mseLoss,
      metrics: [metrics.meanAbsoluteError()],
    });
    assertEquals(accuracy, NaN);
    const expected = [(0 + 2 + 0 + 4 + 0.5 + 12) / 6];
    const { meanAbsoluteError } = found;
    const tolerance = { atol: 1e-6, rtol: 0 };
    assertClose([meanAbsoluteError], expected, tolerance, "error");
    // The mean over batches: only where they are of one size is it over rows.
    if (batchSize !== 2) {
      const squares = (4 + 16 + 0.25 + 144) / 6;
      assertClose([loss], [squares], { atol: 1e-5, rtol: 0 }, "loss");
    }
  }
});

deviceTest(
  "a metric of a program's own has sums of any shape",
  async (device) => {
    const largest: metrics.Metric = {
      name: "sums",
      sums: (output) => sum(output, { dim: 0 }),
      value: (sums, rows) => Math.max(...sums) / rows,
    };
    const { metrics: found } = await measure(device, numbers, {
      batchSize: 2,
      loss: mseLoss,
      metrics: [largest],
    });
    assertEquals(found, { sums: 4 });
  },
);

deviceTest("metrics refuse what they are not for", async (device) => {
  const options = { loss: mseLoss };
  const cases: [metrics.Metric, new () => Error, string][] = [
    [metrics.accuracy(), TypeError, "labels: expected i32 elements, got f32"],
    [metrics.topK(3), TypeError, "topK: labels: expected i32 elements"],
    [metrics.f1(), TypeError, "f1: labels: expected i32 elements"],
    [
      { name: "rows", sums: (output) => output, value: () => 0 },
      ShapeError,
      "metric rows: sums of a batch: expected f32, 4 as those before, got f32, [1, 2]",
    ],
  ];
  for (const [metric, kind, message] of cases) {
    await assertRejects(
      () =>
        measure(device, numbers, {
          ...options,
          batchSize: 2,
          metrics: [metric],
        }),
      kind,
      message,
    );
  }
  await assertRejects(
    () => measure(device, classified, { metrics: [metrics.topK(4)] }),
    RangeError,
    "topK: k: expected at most 3, the number of classes, got 4",
  );
  await assertRejects(
    () => measure(device, numbers, {}),
    TypeError,
    "loss: expected one for targets that are no labels, got none",
  );
  const twice = [metrics.f1(), metrics.f1()];
  await assertRejects(
    () => measure(device, classified, { metrics: twice }),
    TypeError,
    "metrics: expected names of their own, got two named f1",
  );
  await assertRejects(
    () => measure(device, classified, { batch_size: 3 } as EvaluateOptions),
    TypeError,
    "evaluate: unknown option batch_size, did you mean batchSize?",
  );
});

Deno.test("topK is of a whole number", () => {
  for (const k of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => metrics.topK(k),
      RangeError,
      `topK: k: expected a whole number of at least 1, got ${k}. Help: `,
    );
  }
});
