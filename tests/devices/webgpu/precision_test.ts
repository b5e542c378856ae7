import { accumulate } from "../../../kernels/accumulate/accumulate.ts";
import {
  linearForward,
  linearGradient,
} from "../../../kernels/linear/linear.ts";
import { reluKernels } from "../../../kernels/relu/relu.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { capture } from "../../../src/core/capture.ts";
import type { Operand } from "../../../src/devices/device.ts";
import { openDevice } from "../../../src/devices/select.ts";
import {
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "../../../kernels/conv2d/conv2d.ts";
import { variants } from "../../../kernels/kernel.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { DeviceError } from "../../../src/base/errors.ts";
import { ConvolutionalNeuralNetwork } from "../../../src/models/convolutional_neural_network.ts";
import { crossEntropy } from "../../../src/ops/mod.ts";
import { SGD } from "../../../src/optim/mod.ts";
import { Tape } from "../../../src/core/tape.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { hasHalf, webGpuTest } from "../../_webgpu.ts";
import { assertClose } from "../../close.ts";
import { random } from "../../kernels/cases/_harness.ts";
import * as reference from "../../reference.ts";
import * as operations from "../../reference/_operations.ts";
import { tamperedAdapter } from "./_adapter.ts";

/** Sums of f32: what they are of kernels in f32. Worst measured: 6.2e-6. */
const SUMS = { atol: 3e-5, rtol: 1e-5 };

/**
 * A sum that is stored in f16, which rounds by 2⁻¹¹ at most: 4.9e-4. Worst
 * measured: 4.9e-4 relative.
 */
const STORED = { atol: 3e-5, rtol: 2 ** -11 + 1e-5 };

/** Numbers that f16 holds exactly. */
function halves(length: number, seed: number): Float64Array {
  return Float64Array.from(Float16Array.from(random(length, seed)));
}

/** Runs on a device of precision f16, where the adapter has one. */
function halfTest(
  name: string,
  run: (device: WebGpuDevice) => Promise<void>,
  options: { variant?: (typeof variants)[number] } = {},
): void {
  webGpuTest(name, async () => {
    const given = { ...options, precision: "f16", poison: true } as const;
    using device = await WebGpuDevice.open(given);
    await run(device);
  }, { ignore: !hasHalf });
}

/** Operands of a device, full of values. */
function operandsOf(device: WebGpuDevice) {
  const make = (
    values: ArrayLike<number>,
    lifetime: "pooled" | "activation",
  ): Operand => {
    const buffer = device.allocate("f32", values.length, lifetime);
    device.write(buffer, Float32Array.from(values));
    return { buffer };
  };
  return {
    plain: (values: ArrayLike<number>) => make(values, "pooled"),
    activation: (values: ArrayLike<number>) => make(values, "activation"),
    result: (length: number) => make(new Float32Array(length), "pooled"),
  };
}

const shapes = [
  reference.conv2dShape(3, 2, 5, [7, 10], {
    kernel: [3, 2],
    padding: [1, 0],
  }),
  reference.conv2dShape(2, 3, 4, [14, 14], {
    kernel: [5, 5],
    padding: [2, 2],
  }),
  reference.conv2dShape(1, 1, 1, [5, 5], { kernel: [3, 3], stride: [2, 2] }),
];

for (const variant of variants) {
  halfTest(
    `webgpu: f16: the variant ${variant} sums in f32`,
    async (device) => {
      const { activation, plain, result } = operandsOf(device);
      for (const shape of shapes) {
        const { batch, inChannels, outChannels } = shape;
        const x = halves(
          batch * inChannels * shape.inHeight * shape.inWidth,
          1,
        );
        const area = shape.kernelHeight * shape.kernelWidth;
        const weight = halves(outChannels * inChannels * area, 2);
        const bias = random(outChannels, 3);
        const outputs = batch * outChannels * shape.outHeight * shape.outWidth;
        const gradient = random(outputs, 4);
        const source = activation(x);
        const output = activation(new Float32Array(outputs));
        const [gradX, gradWeight] = [result(x.length), result(weight.length)];
        const [w, g] = [plain(weight), plain(gradient)];
        const given = { x: source, weight: w, bias: plain(bias), output };
        device.run(conv2dForward, given, shape);
        const ofInput = { gradOutput: g, weight: w, bias: null, gradX };
        device.run(conv2dInputGradient, ofInput, shape);
        const ofWeight = { gradOutput: g, x: source, gradWeight };
        device.run(conv2dWeightGradient, ofWeight, shape);
        const { backward, forward } = operations.conv2d(shape);
        const gradients = backward(gradient, { x, weight });
        const results = [
          [output, forward({ x, weight, bias }), STORED],
          [gradX, gradients.x, SUMS],
          [gradWeight, gradients.weight, SUMS],
        ] as const;
        for (const [{ buffer }, expected, tolerance] of results) {
          const label = `${variant}: ${expected.length} elements`;
          assertClose(await device.read(buffer), expected, tolerance, label);
        }
      }
    },
    { variant },
  );
}

halfTest(
  "webgpu: f16: linear layers read it, and sum in f32",
  async (device) => {
    for (const inFeatures of [36, 33]) {
      const { activation, plain, result } = operandsOf(device);
      const shape = { batch: 5, inFeatures, outFeatures: 7 };
      const x = halves(5 * inFeatures, 1);
      const [weight, gradient] = [random(7 * inFeatures, 2), random(35, 3)];
      const bias = random(7, 4);
      const source = activation(x);
      const [output, gradWeight] = [result(35), result(7 * inFeatures)];
      const [w, g] = [plain(weight), plain(gradient)];
      const layer = { x: source, weight: w, bias: plain(bias), output };
      device.run(linearForward, layer, shape);
      device.run(linearGradient, {
        ...{ gradOutput: g, x: source, weight: w },
        ...{ gradX: null, gradWeight, gradBias: null },
      }, shape);
      const expected = operations.linear(shape);
      assertClose(
        await device.read(output.buffer),
        expected.forward({ x, weight, bias }),
        SUMS,
        "output",
      );
      assertClose(
        await device.read(gradWeight.buffer),
        expected.backward(gradient, { x, weight }).weight,
        SUMS,
        "gradWeight",
      );
    }
  },
);

halfTest(
  "webgpu: f16: a kernel that knows only f32 gets a copy",
  async (device) => {
    const { activation } = operandsOf(device);
    const values = random(101, 1);
    const [x, output] = [activation(values), activation(values)];
    device.run(reluKernels.forward, { x, output });
    const stored = Float16Array.from(values);
    assertEquals(await device.read(x.buffer), Float32Array.from(stored));
    assertEquals(
      await device.read(output.buffer),
      Float32Array.from(stored, (value) => Math.max(value, 0)),
    );
    device.run(accumulate, { source: x, destination: output });
    assertEquals(
      await device.read(output.buffer),
      Float32Array.from(
        Float16Array.from(stored, (value) => value + Math.max(value, 0)),
      ),
    );
  },
);

/** Loss and gradients of a step, and what the device needed for it. */
async function step(device: WebGpuDevice) {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const images = Float32Array.from(random(8 * 784, 1), Math.abs);
  const labels = Int32Array.from({ length: 8 }, (_, row) => row);
  const x = Tensor.from(device, images, [8, 1, 28, 28]);
  const y = Tensor.from(device, labels, [8]);
  const before = device.counters.bytes;
  let loss: Tensor;
  {
    using tape = new Tape();
    loss = crossEntropy(model.forward(x), y);
    tape.backward(loss);
  }
  const gradients = await Promise.all(
    [...model.namedParameters()].map(async ([name, { grad }]) =>
      [name, await grad!.data()] as const
    ),
  );
  const bytes = device.counters.bytes - before;
  return { loss: await loss.item(), gradients, bytes };
}

for (const variant of variants) {
  webGpuTest(
    `webgpu: f16: a step of ${variant} is f32's but for rounding, in less memory`,
    async () => {
      using full = await WebGpuDevice.open({ variant });
      using half = await WebGpuDevice.open({ variant, precision: "f16" });
      const [one, other] = [await step(half), await step(full)];
      // Measured: 1.0e-4.
      assertClose([one.loss], [other.loss], { atol: 0, rtol: 1e-3 }, "loss");
      for (const [index, [name, gradient]] of one.gradients.entries()) {
        const [, expected] = other.gradients[index];
        const size = Math.sqrt(expected.reduce((sum, v) => sum + v * v, 0));
        const error = Math.hypot(...gradient.map((v, i) => v - expected[i]));
        // The gradient by a bias that a normalisation follows is 0.
        if (/^layer\d\.0\.bias$/.test(name)) assertEquals(error, 0);
        // A window whose largest element is another one now sends its gradient
        // elsewhere. Worst measured: 0.047.
        else assertClose([error / size], [0], { atol: 0.1, rtol: 0 }, name);
      }
      // Convolved images and outputs of both blocks, in two bytes instead of four;
      // copies of the weights take some of it back.
      const activations = 8 * (16 * 784 + 16 * 196 + 32 * 196 + 32 * 49);
      assertEquals(other.bytes - one.bytes > activations * 2 * 0.9, true);
    },
    { ignore: !hasHalf },
  );
}

halfTest(
  "webgpu: f16: a captured step allocates nothing, and repeats the eager one",
  async (device) => {
    const states = [];
    for (const captured of [false, true]) {
      const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
      const optimizer = new SGD(model.parameters(), { lr: 0.01 });
      const images = Float32Array.from(random(8 * 784, 1));
      const x = Tensor.from(device, images, [8, 1, 28, 28]);
      const labels = Int32Array.from({ length: 8 }, (_, row) => row);
      const y = Tensor.from(device, labels, [8]);
      const eager = () => {
        using tape = new Tape();
        const loss = crossEntropy(model.forward(x), y);
        optimizer.zeroGrad();
        tape.backward(loss);
        optimizer.step();
        return loss;
      };
      using replayed = capture(device, eager);
      const run = captured ? replayed : eager;
      const losses = [await run().item(), await run().item()];
      const { allocations, bindGroups } = { ...device.counters };
      losses.push(await run().item());
      if (captured) {
        assertEquals(device.counters.allocations, allocations);
        assertEquals(device.counters.bindGroups, bindGroups);
      }
      states.push([losses, await model.stateDict()]);
    }
    assertEquals(states[0], states[1]);
  },
);

webGpuTest("webgpu: f16 of an adapter without it is refused", async () => {
  const adapter = await tamperedAdapter({ features: ["timestamp-query"] });
  await assertRejects(
    () => WebGpuDevice.open({ adapter, precision: "f16" }),
    DeviceError,
    "precision f16: expected an adapter with the feature shader-f16",
  );
});

Deno.test("f16 of the CPU is refused", async () => {
  await assertRejects(
    () => openDevice({ device: "cpu", precision: "f16" }),
    DeviceError,
    "device: precision f16: expected a WebGPU adapter, got the CPU. Help: ",
  );
});
