/** The range test of learning rates on a small network. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { findLr, type LrRange } from "../../src/training/lr_find.ts";
import { uniform } from "../reference.ts";
import { rowsDataset } from "./_task.ts";

const settings = { network: "mlp", batchSize: 10, seed: 3 } as const;

Deno.test("the rate rises from step to step until the loss does", async () => {
  using device = CpuDevice.open({ threads: 1 });
  // Noise, which says nothing of its classes.
  const labels = Array.from({ length: 60 }, (_, row) => (row * row + row) % 3);
  const data = new TensorDataset(
    Float32Array.from(uniform(60 * 36, 5)),
    labels,
    { rowShape: [1, 6, 6], classes: 3 },
  );
  const range = { from: 1e-5, to: 1e5, steps: 50 };
  const { points, suggestion } = await findLr(device, data, settings, range);
  // The loss of these rates is far above its least long before the last.
  assertGreater(points.length, 20);
  assertGreater(50, points.length);
  for (const [step, { lr }] of points.entries()) {
    assertAlmostEquals(lr / (1e-5 * 1e10 ** (step / 50)), 1, 1e-12);
  }
  const [first, second] = points;
  assertAlmostEquals(first.smooth, first.loss, 1e-12);
  const average = (0.98 * first.loss + second.loss) / 1.98;
  assertAlmostEquals(second.smooth, average, 1e-12);
  const least = Math.min(...points.map(({ smooth }) => smooth));
  const risen = points.findIndex(({ smooth }) => smooth > 4 * least);
  assertEquals(risen, points.length - 1);
  assert(points.some(({ lr }) => lr === suggestion), `${suggestion}`);
  const again = await findLr(device, data, settings, range);
  assertEquals(again, { points, suggestion });
  // Gradients that are clipped are others.
  const clipped = { ...settings, clipGradNorm: 1e-3 };
  const other = await findLr(device, data, clipped, range);
  assertEquals(other.points[0], points[0]);
  assert(other.points[5].loss !== points[5].loss);
});

Deno.test("where no loss is a number nothing is suggested", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const pixels = new Float32Array(4 * 20).fill(NaN);
  const shape = { rowShape: [1, 2, 2], classes: 2 };
  const data = new TensorDataset(pixels, Array(20).fill(1), shape);
  const found = await findLr(device, data, settings);
  assertEquals(found, { points: [], suggestion: NaN });
});

Deno.test("a range that cannot be tried is refused", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const help = ". Help: Leave them out for 100 steps from 1e-7 to 10.";
  const ranges: [LrRange, string][] = [
    [{ from: 0 }, "from and to: expected 0 < from < to, got 0 and 10" + help],
    [{ from: 1, to: 1 }, "got 1 and 1" + help],
    [{ to: Infinity }, "got 1e-7 and Infinity" + help],
    [{ steps: 19 }, "steps: expected a whole number of at least 20, got 19"],
    [{ steps: 20.5 }, "got 20.5" + help],
  ];
  for (const [range, message] of ranges) {
    await assertRejects(
      () => findLr(device, rowsDataset(20, 1), settings, range),
      RangeError,
      message,
    );
  }
  await assertRejects(
    () => findLr(device, rowsDataset(20, 1), settings, { form: 1 } as never),
    TypeError,
    "findLr: unknown option form, did you mean from?",
  );
});
