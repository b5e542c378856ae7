import { assert, assertEquals } from "@std/assert";
import { capture } from "../../../src/core/capture.ts";
import { DataLoader } from "../../../src/data/data_loader.ts";
import { TensorDataset } from "../../../src/data/tensor_dataset.ts";
import { Mean } from "../../../src/training/mean.ts";
import { Linear } from "../../../src/nn/mod.ts";
import { crossEntropy } from "../../../src/ops/mod.ts";
import { Adam } from "../../../src/optim/mod.ts";
import { Tape } from "../../../src/core/tape.ts";
import type { Shape, Tensor } from "../../../src/core/tensor.ts";
import { webGpuTest } from "../../_webgpu.ts";

/** What a leak of 16 KB a step would pass. Measured: 1 MB. */
const growth = 32 * 2 ** 20;

webGpuTest(
  "2,000 captured steps take no more memory than 10",
  async (device) => {
    const model = new Linear(4, 3).to(device, { seed: 0 });
    const optimizer = new Adam(model.parameters());
    const points = new Float32Array(4 * 2000);
    const labels = Int32Array.from({ length: 2000 }, (_, row) => row % 3);
    const dataset = new TensorDataset(points, labels, {
      rowShape: [4],
      classes: 3,
    });
    using loader = new DataLoader(dataset, { device, batchSize: 10, seed: 0 });
    using loss = new Mean(device);
    using step = capture(device, (x: Tensor, labels: Tensor<Shape, "i32">) => {
      using tape = new Tape();
      const own = crossEntropy(model.forward(x), labels);
      optimizer.zeroGrad();
      tape.backward(own);
      optimizer.step();
      loss.add(own);
    });
    const epoch = async () => {
      for await (const [x, labels] of loader) step(x, labels);
      return await loss.value();
    };
    await epoch();
    const { allocations, bindGroups, bytes, submits } = { ...device.counters };
    const { rss } = Deno.memoryUsage();
    for (let count = 0; count < 10; count++) await epoch();
    assertEquals(loss.count, 2200);
    assertEquals(device.counters.allocations, allocations);
    assertEquals(device.counters.bindGroups, bindGroups);
    assertEquals(device.counters.bytes, bytes);
    const more = Deno.memoryUsage().rss - rss;
    assert(more < growth, `${more / 2 ** 20} MB more`);
    // Several steps go in one submit, as nothing waits for them.
    assert(device.counters.submits - submits < 2000 / 4);
  },
);
