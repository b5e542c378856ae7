import * as reference from "../../reference.ts";
import {
  type KernelCase,
  type KernelHarness,
  random,
  randomIntegers,
} from "./_harness.ts";

/** One rounding each. Worst measured: 6e-8 relative. */
const ROUNDING = { atol: 1e-7, rtol: 1e-6 };
/** A sum in another order. Worst measured: 2.7e-7 absolute. */
const SUM = { atol: 1e-5, rtol: 1e-5 };

const LENGTHS = [1, 255, 256, 257, 1000];
const EDGES = [NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30, 2, -2];

function binary(harness: KernelHarness, length: number): void {
  const { kernels } = harness;
  const left = random(length, 1), right = random(length, 2);
  const sum = harness.output(length), product = harness.output(length);
  kernels.add(harness.f32(left), harness.f32(right), sum);
  kernels.mul(harness.f32(left), harness.f32(right), product);
  harness.expectClose(sum, reference.add(left, right), ROUNDING);
  harness.expectClose(product, reference.mul(left, right), ROUNDING);
  const total = harness.f32(right);
  kernels.accumulate(harness.f32(left), total);
  harness.expectClose(total, reference.add(left, right), ROUNDING);
}

function unary(harness: KernelHarness, length: number): void {
  const { kernels } = harness;
  const x = random(length, 1), bytes = randomIntegers(length, 256, 3);
  const scaled = harness.output(length), copied = harness.output(length);
  kernels.scale(harness.f32(x), harness.f32([-3]), scaled);
  harness.expectClose(scaled, reference.scale(x, -3), ROUNDING);
  kernels.copy(harness.f32(x), copied);
  harness.expectEqual(copied, x);
  const copiedBytes = harness.u8(new Uint8Array(length));
  kernels.copy(harness.u8(bytes), copiedBytes);
  harness.expectEqual(copiedBytes, bytes);
  const zeros = harness.output(length), sevens = harness.i32Output(length);
  kernels.fill(zeros, 0);
  kernels.fill(sevens, 7);
  harness.expectEqual(zeros, new Float32Array(length));
  harness.expectEqual(sevens, new Int32Array(length).fill(7));
}

function sums(harness: KernelHarness, length: number): void {
  const { kernels } = harness;
  const x = random(length, 1);
  const sum = harness.output(1), spread = harness.output(length);
  kernels.sum(harness.f32(x), sum, 0.25);
  harness.expectClose(sum, [reference.sum(x) / 4], SUM);
  kernels.expand(harness.f32([3]), spread, 0.5);
  harness.expectEqual(spread, new Float64Array(length).fill(1.5));
}

function relu(harness: KernelHarness, x: Float64Array): void {
  const { kernels } = harness;
  const gradient = random(x.length, 2);
  const output = reference.reluForward(x);
  const made = harness.output(x.length), gradX = harness.output(x.length);
  kernels.reluForward(harness.f32(x), made);
  harness.expectEqual(made, output);
  kernels.reluGradient(harness.f32(gradient), harness.f32(output), gradX);
  harness.expectEqual(gradX, reference.reluGradient(gradient, output));
}

/** Elementwise kernels and sums of all elements. */
export const elementwiseCases: readonly KernelCase[] = [
  ...LENGTHS.flatMap((length): KernelCase[] => [
    {
      name: `add, mul, accumulate: ${length} elements`,
      run: (harness) => binary(harness, length),
    },
    {
      name: `scale, copy, fill: ${length} elements`,
      run: (harness) => unary(harness, length),
    },
    {
      name: `sum, expand: ${length} elements`,
      run: (harness) => sums(harness, length),
    },
    {
      name: `relu: ${length} elements`,
      run: (harness) => relu(harness, random(length, 4)),
    },
  ]),
  {
    name: "relu: NaN, infinities and zeros",
    run: (harness) => relu(harness, Float64Array.from(EDGES, Math.fround)),
  },
  {
    name: "advance: twice, the second element stays",
    run: (harness) => {
      const counter = harness.i32([5, 9]);
      harness.kernels.advance(counter, 1);
      harness.kernels.advance(counter, 100);
      harness.expectEqual(counter, [106, 9]);
    },
  },
];
