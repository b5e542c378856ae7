import { assertEquals } from "@std/assert";
import {
  Adadelta,
  Adam,
  AdamW,
  capture,
  DataLoader,
  type Dataset,
  Linear,
  lrScheduler,
  Mnist,
  ModuleBuffer,
  mul,
  openDevice,
  type Optimizer,
  Parameter,
  ReLU,
  RMSprop,
  scale,
  Sequential,
  SGD,
  Subset,
  sum,
  take,
  Tape,
  Tensor,
  TensorDataset,
  transforms,
} from "../mod.ts";
import { writeIdx } from "../src/formats/mod.ts";
import goldens from "./golden/model_text.json" with { type: "json" };
import { webGpuTest } from "./_webgpu.ts";
import { Golden } from "./golden.ts";
import { Values } from "./optim/_values.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("read", "write");

const device = await openDevice({ device: "cpu", threads: 1 });
const points = new TensorDataset(new Float32Array(6), [0, 1, 0], {
  rowShape: [2],
  classes: 2,
});
const pointsText = `Dataset TensorDataset
    Number of datapoints: 3
    Shape of a row: [2]
    Classes: 2`;

/** Checks `String()` and `console.log` of Deno and of Node. */
function assertPrints(object: object, text: string): void {
  assertEquals(String(object), text);
  assertEquals(Deno.inspect(object), text);
  const inspect = Reflect.get(object, Symbol.for("nodejs.util.inspect.custom"));
  assertEquals(inspect.call(object), text);
}

Deno.test("a CPU device prints its label", () => {
  assertPrints(device, "cpu (1 thread, relaxed SIMD)");
});

webGpuTest("a WebGPU device prints its label", (gpu) => {
  assertPrints(gpu, gpu.label);
});

permittedTest("data sets print as torchvision's", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeMnist(folder);
    const mnist = await Mnist.open(folder, { split: "test", classes: 4 });
    const text = `Dataset Mnist
    Number of datapoints: 2
    Root location: ${folder}
    Split: Test
    Shape of a row: [1, 8, 8]
    Classes: 4`;
    assertPrints(mnist, text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assertPrints(points, pointsText);
  const part = pointsText.replace("TensorDataset", "Subset");
  assertPrints(take(points, 2), part.replace("points: 3", "points: 2"));
  assertPrints(new Subset(points, [2]), part.replace("points: 3", "points: 1"));
});

Deno.test("a loader prints its settings and its data set", () => {
  const { inputs, length, targets } = points;
  const own: Dataset = { inputs, length, targets };
  for (const dataset of [points, own]) {
    using loader = new DataLoader(dataset, {
      device,
      batchSize: 2,
      shuffle: true,
    });
    const text = `DataLoader
    Number of batches: 2
    Batch size: 2
    Shuffle: true
    Device: cpu (1 thread, relaxed SIMD)
    ${pointsText.replaceAll("\n", "\n    ")}`;
    const name = dataset === points ? " TensorDataset" : "";
    assertPrints(loader, text.replace(" TensorDataset", name));
  }
});

Deno.test("transforms print as torchvision's", () => {
  const { Compose, ElasticTransform, Normalize } = transforms;
  const { RandomAffine, RandomErasing, ToTensor } = transforms;
  const text = `Compose(
    RandomAffine(degrees=(-10, 10), translate=(0.1, 0.2), scale=(1, 1), shear=(0, 0, 0, 0))
    ElasticTransform(alpha=50, sigma=5)
    ToTensor()
    Normalize(mean=0.1307, std=0.3081)
    RandomErasing(p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0)
)`;
  const transform = new Compose([
    new RandomAffine({ degrees: 10, translate: [0.1, 0.2] }),
    new ElasticTransform(),
    new ToTensor(),
    new Normalize(0.1307, 0.3081),
    new RandomErasing(),
  ]);
  assertPrints(transform, text);
  for (const [index, one] of transform.transforms.entries()) {
    assertPrints(one, text.split("\n")[index + 1].trim());
  }
  const plain = new Compose([new ToTensor()]);
  using loader = new DataLoader(points, { device, transform: plain });
  const lines = "    Transform: Compose(\n        ToTensor()\n    )\n";
  assertEquals(String(loader).includes(lines), true);
});

/** Options of PyTorch that there are none of here. */
const otherOptions =
  /^ +(capturable|differentiable|foreach|fused|maximize): .*\n/gm;

Deno.test("optimizers print PyTorch's block", () => {
  const parameters = new Linear(2, 1).to(device).parameters();
  const optimizers: Record<keyof typeof goldens.optimizers, Optimizer> = {
    "optim.Adam(parameters)": new Adam(parameters),
    "optim.Adam(parameters, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.125)":
      new Adam(parameters, {
        lr: 0.01,
        betas: [0.8, 0.99],
        eps: 1e-6,
        weightDecay: 0.125,
      }),
    "optim.AdamW(parameters)": new AdamW(parameters),
    "optim.AdamW(parameters, lr=1.0, weight_decay=1e-5)": new AdamW(
      parameters,
      { lr: 1, weightDecay: 1e-5 },
    ),
    "optim.SGD(parameters, lr=0.001)": new SGD(parameters),
    "optim.SGD(parameters, lr=0.5, momentum=0.9, weight_decay=1e-4, nesterov=True)":
      new SGD(parameters, {
        lr: 0.5,
        momentum: 0.9,
        weightDecay: 1e-4,
        nesterov: true,
      }),
  };
  for (const [source, text] of Object.entries(goldens.optimizers)) {
    const optimizer = optimizers[source as keyof typeof optimizers];
    assertPrints(optimizer, text.replaceAll(otherOptions, ""));
  }
});

permittedTest("optimizers with groups print PyTorch's blocks", async () => {
  const { metadata } = await Golden.read("optim");
  const parameters = new Values([1], [2], [3]).to(device).all;
  const optimizers: Record<string, Optimizer> = {
    "RMSprop(parameters)": new RMSprop(parameters),
    "RMSprop(parameters, lr=0.5, alpha=0.9, momentum=0.25, centered=True)":
      new RMSprop(parameters, {
        lr: 0.5,
        alpha: 0.9,
        momentum: 0.25,
        centered: true,
      }),
    "Adadelta(parameters)": new Adadelta(parameters),
    "SGD(parameters, lr=0.5, momentum=0.5, dampening=0.25)": new SGD(
      parameters,
      { lr: 0.5, momentum: 0.5, dampening: 0.25 },
    ),
    "Adam([{'params': parameters[:1], 'lr': 0.5, 'amsgrad': True}, {'params': parameters[1:]}])":
      new Adam([
        { params: parameters.slice(0, 1), lr: 0.5, amsgrad: true },
        { params: parameters.slice(1) },
      ]),
  };
  for (const [source, optimizer] of Object.entries(optimizers)) {
    const text = metadata[`text.${source}`];
    assertPrints(optimizer, text.replaceAll(otherOptions, ""));
  }
});

Deno.test("an optimizer prints the learning rate that it has now", () => {
  const optimizer = new SGD(new Linear(2, 1).to(device).parameters());
  optimizer.lr = 0;
  assertEquals(String(optimizer).includes("    lr: 0\n"), true);
});

Deno.test("schedulers print arguments and state", () => {
  const optimizer = new SGD(new Linear(2, 1).to(device).parameters(), {
    lr: 0.5,
  });
  const step = new lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
  step.step();
  step.step();
  const text = "StepLR(step_size=2, gamma=0.5, steps=2, lr=0.25)";
  assertPrints(step, text);
  const linear = new lrScheduler.LinearLR(optimizer, { startFactor: 0.5 });
  assertPrints(
    linear,
    "LinearLR(start_factor=0.5, end_factor=1.0, total_iters=5, steps=0, lr=0.125)",
  );
  const cosine = new lrScheduler.CosineAnnealingLR(optimizer, { tMax: 4 });
  assertPrints(
    cosine,
    "CosineAnnealingLR(T_max=4, eta_min=0, steps=0, lr=0.125)",
  );
  const sequential = new lrScheduler.SequentialLR(optimizer, {
    schedulers: [linear, cosine],
    milestones: [5],
  });
  assertPrints(
    sequential,
    "SequentialLR(schedulers=[LinearLR, CosineAnnealingLR], milestones=[5], " +
      "steps=0, lr=0.25)",
  );
  const multi = new lrScheduler.MultiStepLR(optimizer, { milestones: [3, 5] });
  assertPrints(
    multi,
    "MultiStepLR(milestones=[3, 5], gamma=0.1, steps=0, lr=0.25)",
  );
  const fall = new lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 });
  assertPrints(fall, "ExponentialLR(gamma=0.5, steps=0, lr=0.25)");
  const plateau = new lrScheduler.ReduceLROnPlateau(optimizer);
  assertPrints(
    plateau,
    "ReduceLROnPlateau(mode=min, factor=0.1, patience=10, steps=0, lr=0.25)",
  );
  const cycle = new lrScheduler.OneCycleLR(optimizer, {
    maxLr: 25,
    totalSteps: 9,
  });
  assertPrints(
    cycle,
    "OneCycleLR(max_lr=25.0, total_steps=9, steps=0, lr=1.0)",
  );
});

Deno.test("a tape prints how many operations it has", () => {
  using x = Tensor.from(device, [1, 2], [2], { requiresGrad: true });
  using tape = new Tape();
  assertPrints(tape, "Tape(0 operations)");
  const squares = mul(x, x);
  assertPrints(tape, "Tape(1 operation)");
  sum(squares);
  assertPrints(tape, "Tape(2 operations)");
});

Deno.test("a captured function prints a line for each recording", () => {
  using double = capture(device, (x: Tensor) => scale(x, 2));
  assertPrints(double, "Captured function, not recorded yet");
  for (const size of [2, 3]) {
    using x = Tensor.from(device, new Float32Array(size), [size]);
    double(x);
  }
  assertPrints(
    double,
    "Captured function\n    ([2] f32): 1 kernel call\n    ([3] f32): 1 kernel call",
  );
});

Deno.test("modules, parameters and buffers print no internals", () => {
  const parameter = new Parameter([2, 3], () => {});
  assertPrints(parameter, "Parameter([2, 3], f32, on no device yet)");
  const buffer = new ModuleBuffer("i32", Int32Array.of(0), { shape: [] });
  assertPrints(buffer, "ModuleBuffer([], i32, on no device yet)");
  buffer.materialize(device);
  assertPrints(buffer, "ModuleBuffer([], i32, cpu)");
  const model = new Sequential(new Linear(2, 1), new ReLU()).to(device);
  assertPrints(
    model,
    "Sequential(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n" +
      "  (1): ReLU()\n)",
  );
  const report = model.loadStateDict(new Map(), { strict: false });
  assertPrints(
    report,
    "_IncompatibleKeys(missing_keys=['0.weight', '0.bias'], unexpected_keys=[])",
  );
  const [weight] = model.parameters();
  assertPrints(weight, "Parameter([1, 2], f32, cpu)");
  assertPrints(weight.tensor, "Tensor([1, 2], f32, cpu, requiresGrad)");
});

async function writeMnist(folder: string): Promise<void> {
  await Deno.writeFile(
    `${folder}/t10k-images-idx3-ubyte`,
    writeIdx({ dtype: "u8", shape: [2, 8, 8], data: new Uint8Array(128) }),
  );
  await Deno.writeFile(
    `${folder}/t10k-labels-idx1-ubyte`,
    writeIdx({ dtype: "u8", shape: [2], data: Uint8Array.of(3, 1) }),
  );
}
