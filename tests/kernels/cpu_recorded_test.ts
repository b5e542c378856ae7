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

/** The sizes of a convolution: batch, channels, height and width, padding. */
type Sizes = readonly [
  batch: number,
  channels: readonly [number, number],
  size: readonly [number, number],
  padding: readonly [number, number],
];

const SIZES: Record<string, Sizes> = {
  "one image": [1, [16, 32], [14, 14], [2, 2]],
  "five images": [5, [16, 32], [14, 14], [2, 2]],
  "odd sizes, a row of pixels left over, no padding above": [
    2,
    [8, 24],
    [21, 9],
    [0, 4],
  ],
  "two fours in a row, the last windows three": [3, [8, 8], [10, 30], [2, 2]],
  "a row of windows left over, one of tiles": [2, [16, 8], [18, 16], [2, 2]],
};

function blockOf([batch, [from, to], size, padding]: Sizes): ConvBlockShape {
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

type Values = ReturnType<typeof valuesOf>;

/** A block in a recorded program, whose operands a test writes. */
class RecordedBlock implements Disposable {
  readonly #device: CpuDevice;
  readonly #shape: ConvBlockShape;
  readonly #buffers: Record<keyof Values | "output", DeviceBuffer>;
  readonly #program: ReturnType<CpuDevice["record"]>["program"];
  values: Values;

  constructor(
    device: CpuDevice,
    shape: ConvBlockShape,
    values = valuesOf(shape, 1),
  ) {
    this.#device = device;
    this.#shape = shape;
    this.values = values;
    const { batch, channels, outHeight, outWidth } = shape.pooling;
    const output = new Float64Array(batch * channels * outHeight * outWidth);
    this.#buffers = Object.fromEntries(
      Object.entries({ ...this.values, output }).map(([name, { length }]) =>
        [name, device.allocate("f32", length)] as const
      ),
    ) as Record<keyof Values | "output", DeviceBuffer>;
    this.write(this.values);
    const operand = (name: keyof Values | "output") => ({
      buffer: this.#buffers[name],
    });
    const operands = {
      x: operand("x"),
      weight: operand("weight"),
      bias: operand("bias"),
      scale: operand("scale"),
      shift: operand("shift"),
      runningMean: operand("runningMean"),
      runningVar: operand("runningVar"),
      output: operand("output"),
    };
    const { program } = device.record(() => {
      device.run(convBlockEvalForward, operands, shape);
    });
    this.#program = program;
  }

  write(values: Partial<Values>): void {
    this.values = { ...this.values, ...values };
    for (const [name, own] of Object.entries(values)) {
      const buffer = this.#buffers[name as keyof Values];
      this.#device.write(buffer, Float32Array.from(own));
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

for (const kernels of ["relaxed", "simd"] as const) {
  for (const threads of [1, 2, 3]) {
    const options = { threads, kernels, splitFrom: 0, winogradFrom: 0 };
    const device = CpuDevice.open({ ...options, poison: true, profile: true });
    for (const [name, sizes] of Object.entries(SIZES)) {
      const shape = blockOf(sizes);
      Deno.test(`recorded block, ${device.label}: ${name}`, async () => {
        device.profile!.clear();
        using block = new RecordedBlock(device, shape);
        assertStringIncludes(device.profile!.table(), "convBlockWinograd");
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
}

const notebook = blockOf(SIZES["one image"]);

Deno.test("recorded block: one changed weight is seen, and seen again when it is as before", async () => {
  using device = CpuDevice.open({ threads: 1 });
  using block = new RecordedBlock(
    device,
    blockOf([1, [16, 32], [14, 14], [
      2,
      2,
    ]]),
  );
  const before = await block.output();
  const { weight } = block.values;
  for (const index of [0, 4, weight.length - 1]) {
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

Deno.test("recorded block: what is no number stays so in each of a window's places", async () => {
  using device = CpuDevice.open({ threads: 1 });
  using block = new RecordedBlock(device, notebook);
  const { bias, x } = block.values;
  block.write({ bias: bias.with(3, NaN) });
  const output = await block.replayed();
  const isNaN = Array.from(output, (value) => Number.isNaN(value));
  assertEquals(isNaN, Array.from(isNaN, (_, at) => (at / 49 | 0) === 3));
  block.write({ bias });
  for (const [row, column] of [[0, 0], [3, 8], [13, 13]]) {
    block.write({ x: x.with(row * 14 + column, NaN) });
    const found = await block.replayed();
    const missed = block.expected().findIndex((value, at) =>
      Number.isNaN(value) && !Number.isNaN(found[at])
    );
    assertEquals(missed, -1, `NaN at ${row}, ${column}`);
  }
});
