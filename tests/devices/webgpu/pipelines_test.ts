import { assertEquals } from "@std/assert";
import { Tape } from "../../../src/core/tape.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  Linear,
  LogSoftmax,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "../../../src/nn/mod.ts";
import { mean } from "../../../src/ops/mod.ts";
import { webGpuTest } from "../../_webgpu.ts";

/** Layers of any size, each with the shape of an input. */
const layers: Record<
  string,
  (size: number) => [
    Module & { forward(x: Tensor): Tensor },
    [number, number, number, number],
  ]
> = {
  "a 3×3 convolution": (size) => [
    new Conv2d(size, 2 * size, 3, { padding: 1 }),
    [size, size, 4 * size, 4],
  ],
  "a 3×3 convolution of stride 2": (size) => [
    new Conv2d(size, 2 * size, 3, { padding: 1, stride: 2 }),
    [size, size, 4 * size, 4],
  ],
  "a linear layer": (size) => [
    new Sequential(new Flatten(), new Linear(16 * size * size, 4 * size)),
    [2 * size, size, 4 * size, 4],
  ],
  "batch normalisation": (size) => [
    new BatchNorm2d(size),
    [size, size, 4 * size, 4],
  ],
  "a block with pooling": (size) => [
    new Sequential(
      new Conv2d(size, size, 3, { padding: 1 }),
      new BatchNorm2d(size),
      new ReLU(),
      new MaxPool2d(2),
    ),
    [size, size, 4 * size, size % 2 === 0 ? 12 : 28],
  ],
  "a softmax": (size) => [new LogSoftmax(1), [4, 64 * size, size, 1]],
};

for (const [name, layerOf] of Object.entries(layers)) {
  webGpuTest(`pipelines of ${name} serve all sizes`, async () => {
    const options = { variant: "llvmpipe", texelsFrom: 0 } as const;
    using device = await WebGpuDevice.open(options);
    const { prototype } = GPUDevice;
    const { createComputePipeline } = prototype;
    const made: string[] = [];
    prototype.createComputePipeline = function (descriptor) {
      made.push(`${descriptor.label}`);
      return createComputePipeline.call(this, descriptor);
    };
    try {
      const step = (size: number) => {
        const [layer, shape] = layerOf(size);
        layer.to(device, { seed: 0 });
        const values = new Float32Array(shape.reduce((a, b) => a * b));
        using x = Tensor.from(device, values, shape, { requiresGrad: true });
        using tape = new Tape();
        tape.backward(mean(layer.forward(x)));
      };
      // Where a size is 1 some work is left out.
      step(2);
      made.length = 0;
      step(3);
      step(5);
      await device.settle();
      assertEquals(made, []);
    } finally {
      prototype.createComputePipeline = createComputePipeline;
    }
  });
}
