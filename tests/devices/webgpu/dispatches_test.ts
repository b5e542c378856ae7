import { assertEquals } from "@std/assert";
import { RunningMetrics } from "../../../src/training/_running_metrics.ts";
import { capture } from "../../../src/core/capture.ts";
import { DataLoader } from "../../../src/data/data_loader.ts";
import { TensorDataset } from "../../../src/data/tensor_dataset.ts";
import type { Device } from "../../../src/devices/device.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { ConvolutionalNeuralNetwork } from "../../../src/models/convolutional_neural_network.ts";
import { Adam } from "../../../src/optim/mod.ts";
import { Tape } from "../../../src/core/tape.ts";
import type { Shape, Tensor } from "../../../src/core/tensor.ts";
import { webGpuTest } from "../../_webgpu.ts";

/** Kernels of a step as `train` captures it, its batch included. */
function dispatchesOf(device: Device): number {
  const dataset = new TensorDataset(
    new Uint8Array(8 * 784),
    Int32Array.from({ length: 8 }, (_, row) => row),
    { rowShape: [1, 28, 28], classes: 10, divisor: 255 },
  );
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const optimizer = new Adam(model.parameters());
  using loader = new DataLoader(dataset, { device, batchSize: 2 });
  using sums = new RunningMetrics(device);
  using step = capture(device, (x: Tensor, labels: Tensor<Shape, "i32">) => {
    using tape = new Tape();
    const loss = sums.add(model.forward(x), labels);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
  });
  for (const batch of loader) step(...batch);
  const before = device.counters.dispatches;
  for (const batch of loader) step(...batch);
  return (device.counters.dispatches - before) / loader.length;
}

// Each costs some µs on the host, and a GPU a pause between two kernels.
for (
  const [variant, software, expected] of [
    ["llvmpipe", true, 26],
    ["tiled", false, 18],
    ["direct", false, 18],
  ] as const
) {
  webGpuTest(`a captured step, ${variant}: ${expected} kernels`, async () => {
    using device = await WebGpuDevice.open({ software, variant });
    assertEquals(dispatchesOf(device), expected);
  });
}
