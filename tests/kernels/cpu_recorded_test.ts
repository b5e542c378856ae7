import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  convBlockEvalForward,
  type ConvBlockShape,
} from "../../kernels/conv_block/conv_block.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { DeviceBuffer } from "../../src/devices/device.ts";
import { assertClose } from "../close.ts";
import * as reference from "../reference.ts";
import { random } from "./cases/_harness.ts";

/** Worst measured: 2.3e-5 absolute, of values up to 30. */
const TOLERANCE = { atol: 1e-4, rtol: 1e-4 };

/** A kernel, and sizes of a convolution that is for it. */
type Sizes = readonly [
  kernel: "convBlockWinograd" | "convBlockRows",
  batch: number,
  channels: readonly [number, number],
  size: readonly [number, number],
  padding: readonly [number, number],
];

const SIZES: Record<string, Sizes> = {
  "16 channels": ["convBlockWinograd", 1, [16, 32], [14, 14], [2, 2]],
  "five images": ["convBlockWinograd", 5, [8, 8], [14, 14], [2, 2]],
  "odd sizes, a row of pixels left over, no padding above": [
    "convBlockWinograd",
    2,
    [8, 24],
    [21, 9],
    [0, 4],
  ],
  "two fours in a row, the last windows three": [
    "convBlockWinograd",
    3,
    [8, 8],
    [10, 30],
    [2, 2],
  ],
  "whole tiles": ["convBlockWinograd", 2, [8, 8], [16, 16], [2, 2]],
  "tiles of three pixels": ["convBlockWinograd", 1, [8, 16], [15, 15], [2, 2]],
  "a row of windows left over, one of tiles": [
    "convBlockWinograd",
    2,
    [16, 8],
    [18, 16],
    [2, 2],
  ],
  "1 channel": ["convBlockRows", 1, [1, 16], [28, 28], [2, 2]],
  "1 channel, four images": ["convBlockRows", 4, [1, 4], [28, 28], [2, 2]],
  "3 channels, 5 tiles in a row, odd height, no padding above": [
    "convBlockRows",
    2,
    [3, 4],
    [11, 16],
    [0, 4],
  ],
  "7 channels, one pair of rows, padding above, none beside": [
    "convBlockRows",
    3,
    [7, 12],
    [1, 20],
    [3, 0],
  ],
};

function blockOf([, batch, [from, to], size, padding]: Sizes): ConvBlockShape {
  const convolution = reference.conv2dShape(batch, from, to, [...size], {
    kernel: [5, 5],
    padding: [...padding],
  });
  const { outHeight, outWidth } = convolution;
  return {
    convolution,
    pooling: reference.pool2dShape(batch, to, [outHeight, outWidth], {
      kernel: [2, 2],
      stride: [2, 2],
    }),
    eps: 1e-5,
  };
}

/** Values of all that a block in evaluation reads, as f32 holds them. */
function valuesOf({ convolution }: ConvBlockShape, seed: number) {
  const { batch, inChannels, inHeight, inWidth, outChannels } = convolution;
  const channels = (more: number) => random(outChannels, seed + more);
  return {
    x: random(batch * inChannels * inHeight * inWidth, seed),
    weight: random(outChannels * inChannels * 25, seed + 1),
    bias: channels(2),
    scale: channels(3),
    shift: channels(4),
    runningMean: channels(5),
    runningVar: channels(6).map((value) => Math.fround(value + 1.5)),
  };
}

type Values = {
  readonly [Name in keyof ReturnType<typeof valuesOf>]: Name extends "bias"
    ? Float64Array | null
    : Float64Array;
};

/** A block in a recorded program, whose operands a test writes. */
class RecordedBlock<V extends Values = ReturnType<typeof valuesOf>>
  implements Disposable {
  readonly #device: CpuDevice;
  readonly #shape: ConvBlockShape;
  readonly #buffers: Record<string, DeviceBuffer> = {};
  readonly #program: ReturnType<CpuDevice["record"]>["program"];
  values: V;

  constructor(device: CpuDevice, shape: ConvBlockShape, values: V) {
    this.#device = device;
    this.#shape = shape;
    this.values = values;
    const { batch, channels, outHeight, outWidth } = shape.pooling;
    const output = new Float64Array(batch * channels * outHeight * outWidth);
    const operand = (name: string, values: Float64Array) => {
      const buffer = device.allocate("f32", values.length);
      this.#buffers[name] = buffer;
      device.write(buffer, Float32Array.from(values));
      return { buffer };
    };
    const operands = {
      x: operand("x", values.x),
      weight: operand("weight", values.weight),
      bias: values.bias && operand("bias", values.bias),
      scale: operand("scale", values.scale),
      shift: operand("shift", values.shift),
      runningMean: operand("runningMean", values.runningMean),
      runningVar: operand("runningVar", values.runningVar),
      output: operand("output", output),
    };
    const { program } = device.record(() => {
      device.run(convBlockEvalForward, operands, shape);
    });
    this.#program = program;
  }

  write(values: Partial<V>): void {
    this.values = { ...this.values, ...values };
    const given: Partial<Record<string, Float64Array | null>> = values;
    for (const [name, own] of Object.entries(given)) {
      this.#device.write(this.#buffers[name], Float32Array.from(own!));
    }
  }

  /** The output of a replay. */
  async replayed(): Promise<Float32Array> {
    this.#program.replay();
    return await this.output();
  }

  async output(): Promise<Float32Array> {
    return await this.#device.read(this.#buffers.output) as Float32Array;
  }

  expected(): Float64Array {
    const output = new Float64Array(this.#buffers.output.length);
    const arrays = { ...this.values, output };
    convBlockEvalForward.reference(arrays, this.#shape);
    return output;
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

for (
  const options of [
    { threads: 1 },
    { threads: 2 },
    { threads: 3 },
    { threads: 2, kernels: "simd" as const },
  ]
) {
  const device = CpuDevice.open({
    ...options,
    splitFrom: 0,
    winogradFrom: 0,
    poison: true,
    profile: true,
  });
  for (const [name, sizes] of Object.entries(SIZES)) {
    const shape = blockOf(sizes);
    Deno.test(`recorded block, ${device.label}: ${name}`, async () => {
      device.profile!.clear();
      using block = new RecordedBlock(device, shape, valuesOf(shape, 1));
      assertStringIncludes(device.profile!.table(), sizes[0]);
      assertClose(
        await block.output(),
        block.expected(),
        TOLERANCE,
        "recorded",
      );
      const others = Object.entries(valuesOf(shape, 21)) as [
        keyof Values,
        Float64Array,
      ][];
      for (const [operand, values] of others) {
        block.write({ [operand]: values });
        const output = await block.replayed();
        assertClose(output, block.expected(), TOLERANCE, `new ${operand}`);
      }
    });
  }
}

const notebook = blockOf(SIZES["16 channels"]);

Deno.test("recorded block: one changed weight is seen, and seen again when it is as before", async () => {
  using device = CpuDevice.open({ threads: 1 });
  using block = new RecordedBlock(device, notebook, valuesOf(notebook, 1));
  const before = await block.output();
  const { weight } = block.values;
  for (const index of [0, 3, 6, weight.length - 1]) {
    block.write({ weight: weight.with(index, 8) });
    const changed = await block.replayed();
    assertClose(changed, block.expected(), TOLERANCE, `weight ${index}`);
    block.write({ weight });
    assertEquals(await block.replayed(), before);
  }
});

Deno.test("recorded block: what its memory held before is no transformed weight", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const values = valuesOf(notebook, 1);
  // As long as the weights of 64 frequencies and their copy.
  const transformed = 64 * (16 * 32 + 16), { length } = values.weight;
  const before = device.allocate("f32", transformed + length);
  device.write(before, new Float32Array(transformed).fill(1));
  device.release(before);
  using block = new RecordedBlock(device, notebook, {
    ...values,
    weight: new Float64Array(length),
  });
  assertClose(
    await block.output(),
    block.expected(),
    TOLERANCE,
    "weights of 0",
  );
});

for (const [name, sizes] of Object.entries(SIZES)) {
  Deno.test(`recorded block: what is no number stays so: ${name}`, async () => {
    using device = CpuDevice.open({ threads: 1, winogradFrom: 0 });
    const shape = blockOf(sizes);
    using block = new RecordedBlock(device, shape, valuesOf(shape, 1));
    const { bias, x } = block.values;
    const { outHeight, outWidth, channels } = shape.pooling;
    block.write({ bias: bias.with(3, NaN) });
    const output = await block.replayed();
    const isNaN = Array.from(output, (value) => Number.isNaN(value));
    const channel = (at: number) =>
      Math.floor(at / (outHeight * outWidth)) % channels;
    assertEquals(isNaN, isNaN.map((_, at) => channel(at) === 3));
    block.write({ bias });
    for (let at = 0; at < x.length; at += Math.ceil(x.length / 8) | 1) {
      block.write({ x: x.with(at, NaN) });
      const found = await block.replayed();
      const missed = block.expected().findIndex((value, at) =>
        Number.isNaN(value) && !Number.isNaN(found[at])
      );
      assertEquals(missed, -1, `NaN at ${at}`);
    }
  });
}

Deno.test("recorded block: without a bias", async () => {
  using device = CpuDevice.open({ threads: 1, winogradFrom: 0 });
  for (const sizes of [SIZES["1 channel"], SIZES["16 channels"]]) {
    const shape = blockOf(sizes);
    const { bias: _, ...values } = valuesOf(shape, 41);
    using block = new RecordedBlock(device, shape, { ...values, bias: null });
    const output = await block.output();
    assertClose(output, block.expected(), TOLERANCE, "no bias");
  }
});
