/**
 * Trains for 220 captured steps and then for 2,000 more, and prints what these
 * took as JSON: a program of its own, whose memory is no other test's.
 */
import { capture } from "../../../src/core/capture.ts";
import { DataLoader } from "../../../src/data/data_loader.ts";
import { TensorDataset } from "../../../src/data/tensor_dataset.ts";
import { Mean } from "../../../src/training/mean.ts";
import { Linear } from "../../../src/nn/mod.ts";
import { crossEntropy } from "../../../src/ops/mod.ts";
import { Adam } from "../../../src/optim/mod.ts";
import { Tape } from "../../../src/core/tape.ts";
import type { Shape, Tensor } from "../../../src/core/tensor.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";

using device = await WebGpuDevice.open({ poison: true });
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
const before = { ...device.counters, rss: Deno.memoryUsage().rss };
for (let count = 0; count < 10; count++) await epoch();
const after = { ...device.counters, rss: Deno.memoryUsage().rss };
const grown = Object.entries(after).map(([name, value]) =>
  [name, value - before[name as keyof typeof before]] as const
);
console.log(JSON.stringify({
  steps: loss.count,
  ...Object.fromEntries(grown),
}));
