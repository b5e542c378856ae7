/**
 * The networks of `examples/` against PyTorch: the same seed gives the same
 * first weights, and ten steps of training the same losses.
 */
import { assert, assertEquals } from "@std/assert";
import {
  Adadelta,
  Adam,
  capture,
  crossEntropy,
  type Device,
  Dropout,
  type Labels,
  lrScheduler,
  type Module,
  mseLoss,
  nllLoss,
  type Optimizer,
  RandomGenerator,
  readWeights,
  setDefaultDevice,
  SGD,
  Tape,
  Tensor,
} from "../mod.ts";
import { Autoencoder } from "../examples/autoencoder.ts";
import { adversarialStep, discriminator, Generator } from "../examples/gan.ts";
import { glorot, kerasMnist } from "../examples/keras_mnist.ts";
import { LeNet5 } from "../examples/lenet5.ts";
import { mlp } from "../examples/mlp.ts";
import { Net } from "../examples/pytorch_mnist.ts";
import { ResNet } from "../examples/resnet.ts";
import { transferred } from "../examples/transfer.ts";
import { vgg } from "../examples/vgg.ts";
import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import { webGpuTest } from "./_webgpu.ts";
import { assertClose } from "./close.ts";
import { Golden } from "./golden.ts";
import { goldenPath } from "./formats/_golden_file.ts";
import { needs } from "./permissions.ts";

needs(import.meta.url, "read");

const golden = await Golden.read("examples");
const batch = 10;
const steps = 10;

/** A step of a training: the loss. */
type Step = (x: Tensor, labels: Labels) => Tensor;

const cpu = CpuDevice.open({ poison: true, splitFrom: 0, threads: 2 });

/** Registers a test on the CPU and on WebGPU. */
function onBoth(name: string, run: (device: Device) => Promise<void>): void {
  Deno.test(`${name} (cpu)`, () => run(cpu));
  webGpuTest(`${name} (webgpu)`, run);
}

/** A network of an example, and how it is trained. */
interface Case {
  readonly name: string;
  make(device: Device): Module | Promise<Module>;
  optimizer?(model: Module): Optimizer;
  /** Called after each step. */
  schedule?(optimizer: Optimizer): (step: number) => void;
  inputs?(pixels: Float32Array): { values: Float32Array; shape: number[] };
  loss?(output: Tensor, labels: Labels, inputs: Tensor): Tensor;
  label?(digit: number): number;
}

const cases: readonly Case[] = [
  { name: "lenet5", make: (device) => new LeNet5().to(device, { seed: 0 }) },
  {
    name: "pytorch_mnist",
    make: (device) => new Net().to(device, { seed: 0 }),
    optimizer: (model) => new Adadelta(model.parameters(), { lr: 1 }),
    schedule(optimizer) {
      const options = { stepSize: 1, gamma: 0.7 };
      const scheduler = new lrScheduler.StepLR(optimizer, options);
      // Two epochs of five steps.
      return (step) => {
        if (step % 5 === 4) scheduler.step();
      };
    },
    inputs: (pixels) => ({
      values: pixels.map((x) => (x - 0.1307) / 0.3081),
      shape: [1, 28, 28],
    }),
    loss: (output, labels) => nllLoss(output, labels),
  },
  {
    name: "keras_mnist",
    make: (device) => kerasMnist().apply(glorot).to(device, { seed: 0 }),
    optimizer: (model) => new Adam(model.parameters(), { lr: 1e-3, eps: 1e-7 }),
  },
  { name: "mlp", make: (device) => mlp().to(device, { seed: 0 }) },
  { name: "vgg", make: (device) => vgg().to(device, { seed: 0 }) },
  {
    name: "resnet",
    make: (device) => new ResNet().to(device, { seed: 0 }),
    optimizer: (model) =>
      new SGD(model.parameters(), {
        lr: 0.003,
        momentum: 0.9,
        weightDecay: 5e-4,
        nesterov: true,
      }),
    inputs: framed,
  },
  {
    name: "autoencoder",
    make: (device) => new Autoencoder().to(device, { seed: 0 }),
    loss: (output, _labels, inputs) => mseLoss(output, inputs),
  },
  {
    name: "transfer",
    make: async (device) =>
      transferred(device, await readWeights(goldenPath("pytorch_trained.pth"))),
    optimizer: (model) =>
      new Adam(
        model.parameters().filter(({ requiresGrad }) => requiresGrad),
        { lr: 1e-3 },
      ),
    label: (digit) => digit % 5,
  },
];

for (const network of cases) {
  const { name } = network;
  onBoth(
    `${name}: PyTorch's first weights, and losses of ten steps`,
    async (device) => {
      const training = await trainingOf(device, network);
      await assertWeights(name, training.model);
      using run = capture(device, training.step);
      const captured = await losses(device, run, network, training.afterStep);
      assertClose(
        captured,
        golden.numbers(`${name}.losses`),
        { atol: 1e-4, rtol: 0 },
        "losses",
      );
      const { afterStep, step } = await trainingOf(device, network);
      const eager = await losses(device, step, network, afterStep, 2);
      assertEquals(eager, captured.slice(0, 2));
    },
  );
}

onBoth("gan: PyTorch's noise, and losses of ten steps", async (device) => {
  setDefaultDevice(device);
  const generator = new RandomGenerator(0);
  const made = new Generator().to(device, { generator });
  const judge = discriminator().to(device, { generator });
  await assertWeights("gan.generator", made);
  await assertWeights("gan.discriminator", judge);
  const shape = [steps, batch, 64];
  const noise = await Tensor.randn(device, shape, { generator }).data();
  assertEquals(noise, Float32Array.from(golden.numbers("gan.noise")));

  using run = capture(device, adversarialStep(made, judge));
  const pixels = golden.numbers("images").map((x) => x / 255 * 2 - 1);
  const found: number[] = [];
  for (let step = 0; step < steps; step++) {
    const part = <T>(
      values: { slice(from: number, to: number): T },
      row: number,
    ) => values.slice(step * batch * row, (step + 1) * batch * row);
    const images = Float32Array.from(part<Float64Array>(pixels, 784));
    using x = Tensor.from(device, images, [batch, 1, 28, 28]);
    using z = Tensor.from(device, part<Float32Array>(noise, 64), [batch, 64]);
    const losses = run(x, z).map((loss) => loss.item());
    found.push(...await Promise.all(losses));
    if (step === steps - 1) await assertSteady(device, () => run(x, z)[0]);
  }
  assertClose(
    found,
    golden.numbers("gan.losses"),
    { atol: 1e-4, rtol: 0 },
    "losses",
  );
});

/** Compares the first eight values of each parameter, and the sum of squares. */
async function assertWeights(name: string, model: Module): Promise<void> {
  const names = [...golden.tensors.keys()]
    .filter((key) => key.startsWith(`${name}.first.`))
    .map((key) => key.slice(`${name}.first.`.length));
  const parameters = new Map(model.namedParameters());
  assertEquals([...parameters.keys()].sort(), names.sort());
  for (const [key, parameter] of parameters) {
    const values = await parameter.tensor.data();
    const first = golden.numbers(`${name}.first.${key}`);
    assertEquals(values.subarray(0, 8), Float32Array.from(first), key);
    const squares = values.reduce((sum, value) => sum + value ** 2, 0);
    const [expected] = golden.numbers(`${name}.squares.${key}`);
    assert(Math.abs(squares - expected) <= 1e-9 * expected, key);
  }
}

/** A model on a device, and a step of its training. */
async function trainingOf(device: Device, network: Case) {
  const { loss, optimizer: optimizerOf, schedule } = network;
  const model = await network.make(device);
  model.train();
  for (const module of model.modules()) {
    // PyTorch's masks are not this library's.
    if (module instanceof Dropout) module.eval();
  }
  const optimizer = optimizerOf?.(model) ??
    new Adam(model.parameters(), { lr: 1e-3 });
  const forward = model.forward as (x: Tensor) => Tensor;
  const step: Step = (x, labels) => {
    using tape = new Tape();
    const output = forward.call(model, x);
    const value = loss?.(output, labels, x) ?? crossEntropy(output, labels);
    optimizer.zeroGrad();
    tape.backward(value);
    optimizer.step();
    return value;
  };
  return { model, step, afterStep: schedule?.(optimizer) };
}

/** The losses of so many steps, after which a step allocates nothing more. */
async function losses(
  device: Device,
  step: Step,
  { inputs, label }: Case,
  afterStep: ((step: number) => void) | undefined,
  count = steps,
): Promise<number[]> {
  const pixels = Float32Array.from(golden.numbers("images"), (x) => x / 255);
  const digits = golden.integers("labels");
  const found: number[] = [];
  for (let at = 0; at < count; at++) {
    const own = pixels.subarray(at * batch * 784, (at + 1) * batch * 784);
    const { shape, values } = inputs?.(own) ??
      { values: own, shape: [1, 28, 28] };
    const labels = digits.subarray(at * batch, (at + 1) * batch)
      .map((digit) => label?.(digit) ?? digit);
    using x = Tensor.from(device, values, [batch, ...shape]);
    using y = Tensor.from(device, labels, [batch]);
    found.push(await step(x, y).item());
    if (at === steps - 1) await assertSteady(device, () => step(x, y));
    afterStep?.(at);
  }
  return found;
}

/** A replay makes no buffers and no bind groups. */
async function assertSteady(
  { counters }: Device,
  step: () => Tensor,
): Promise<void> {
  step();
  const { allocations, bindGroups, bytes } = { ...counters };
  step();
  // Work that is left behind at the end of the tests ends Deno in a panic.
  await step().item();
  assertEquals(
    [counters.allocations, counters.bindGroups, counters.bytes],
    [allocations, bindGroups, bytes],
  );
}

/** Digits in the middle of 32 × 32 pixels, in three colours. */
function framed(pixels: Float32Array) {
  const values = new Float32Array(batch * 3 * 1024);
  for (let at = 0; at < batch * 1024; at++) {
    const [row, y, x] = [at / 1024, at % 1024 / 32, at % 32].map(Math.floor);
    const isInside = [x, y].every((place) => place >= 2 && place < 30);
    const value = isInside ? pixels[row * 784 + (y - 2) * 28 + x - 2] : 0;
    for (const [colour, own] of [value, 1 - value, value / 2].entries()) {
      values[((row * 3 + colour) * 32 + y) * 32 + x] = own;
    }
  }
  return { values, shape: [3, 32, 32] };
}
