/**
 * Options that do not exist are refused, and calls without one that has no
 * default, also where no compiler has checked them: every interface of options
 * has a row here.
 */
import { assertEquals, assertRejects } from "@std/assert";
import * as library from "../mod.ts";
import { drawImage, makeGrid } from "../src/digits/mod.ts";
import { examine } from "../src/doctor/mod.ts";
import { mirror } from "../src/formats/mod.ts";
import { ModuleBuffer } from "../src/nn/module_buffer.ts";
import { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import { WebGpuDevice } from "../src/devices/webgpu/webgpu_device.ts";
import { plotLosses, report } from "../src/report/mod.ts";
import { predictDigits } from "../src/digits/mod.ts";
import { Service } from "../src/serve/mod.ts";
import { testWith } from "./permissions.ts";

const device = CpuDevice.open();

type Call = (options: unknown) => unknown;

// deno-lint-ignore no-explicit-any -- calls as untyped programs write them
const untyped = library as any;
const { Linear, Tensor, TensorDataset } = library;
const { init, lrScheduler, transforms } = untyped;

const model = new Linear(2, 2).to(device);
const parameters = model.parameters();
const optimizer = new library.SGD(parameters, { lr: 0.1 });
const x = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
const images = Tensor.from(device, [1, 2, 3, 4], [1, 1, 2, 2]);
const labels = Tensor.from(device, new Int32Array(2), [2]);
const rows = { rowShape: [2], classes: 2 };
const data = new TensorDataset(new Float32Array(4), [0, 1], rows);
const channel = () => Tensor.from(device, [1], [1]);

const calls: Record<string, Call[]> = {
  AdadeltaOptions: [(o) => new untyped.Adadelta(parameters, o)],
  AdamOptions: [
    (o) => new untyped.Adam(parameters, o),
    (o) => new untyped.AdamW(parameters, o),
  ],
  AvgPool2dOptions: [
    (o) => untyped.avgPool2d(images, 2, o),
    (o) => new untyped.AvgPool2d(2, o),
  ],
  BatchNormLayerOptions: [
    (o) => new untyped.BatchNorm1d(2, o),
    (o) => new untyped.BatchNorm2d(2, o),
  ],
  BatchNormOptions: [
    (o) =>
      untyped.batchNorm2d(images, {
        weight: channel(),
        bias: channel(),
        training: true,
        ...o as object,
      }),
  ],
  BceWithLogitsOptions: [
    (o) => untyped.bceWithLogits(x, x, o),
    (o) => new untyped.BCEWithLogitsLoss(o),
  ],
  BufferOptions: [
    (o) => new ModuleBuffer("f32", new Float32Array(1), o as object),
  ],
  Conv2dLayerOptions: [(o) => new untyped.Conv2d(1, 2, 3, o)],
  Conv2dOptions: [(o) => untyped.conv2d(images, images, null, o)],
  ConvTranspose2dLayerOptions: [
    (o) => new untyped.ConvTranspose2d(1, 2, 3, o),
  ],
  ConvTranspose2dOptions: [
    (o) => untyped.convTranspose2d(images, images, null, o),
  ],
  ConvolutionalNeuralNetworkOptions: [
    (o) => new untyped.ConvolutionalNeuralNetwork(10, o),
  ],
  CosineAnnealingLROptions: [
    (o) =>
      new lrScheduler.CosineAnnealingLR(optimizer, {
        tMax: 2,
        ...o as object,
      }),
  ],
  CpuDeviceOptions: [(o) => CpuDevice.open(o as object)],
  CrossEntropyOptions: [
    (o) => untyped.crossEntropy(x, labels, o),
    (o) => new untyped.CrossEntropyLoss(o),
  ],
  DataLoaderOptions: [
    (o) => new untyped.DataLoader(data, { device, ...o as object }),
  ],
  DrawOptions: [
    (o) =>
      drawImage(
        { width: 1, height: 1, data: new Uint8Array(1) },
        o as object,
      ),
  ],
  ElasticTransformOptions: [(o) => new transforms.ElasticTransform(o)],
  EvaluateOptions: [(o) => untyped.evaluate(device, model, data, o)],
  ExamineOptions: [(o) => examine(o as object)],
  ExportOnnxOptions: [(o) => untyped.exportOnnx(model, o)],
  ExponentialLROptions: [
    (o) =>
      new lrScheduler.ExponentialLR(optimizer, { gamma: 1, ...o as object }),
  ],
  ExponentialMovingAverageOptions: [
    (o) => new untyped.ExponentialMovingAverage(model, o),
  ],
  GeluOptions: [(o) => untyped.gelu(x, o)],
  GridOptions: [(o) => makeGrid(new Uint8Array(4), [2, 2], o as object)],
  GroupNormOptions: [(o) => new untyped.GroupNorm(1, 2, o)],
  InitOptions: [
    (o) => init.uniform(x, 0, 1, o),
    (o) => init.normal(x, 0, 1, o),
    (o) => init.xavierUniform(x, 1, o),
    (o) => init.xavierNormal(x, 1, o),
  ],
  KaimingOptions: [
    (o) => init.kaimingUniform(x, o),
    (o) => init.kaimingNormal(x, o),
  ],
  LambdaLROptions: [
    (o) =>
      new lrScheduler.LambdaLR(optimizer, {
        lrLambda: () => 1,
        ...o as object,
      }),
  ],
  LayerNormOptions: [(o) => new untyped.LayerNorm(2, o)],
  LinearLROptions: [(o) => new lrScheduler.LinearLR(optimizer, o)],
  LinearOptions: [(o) => new untyped.Linear(2, 2, o)],
  LoadOptions: [(o) => model.loadStateDict(new Map(), o as object)],
  LossOptions: [
    (o) => untyped.mseLoss(x, x, o),
    (o) => untyped.l1Loss(x, x, o),
    (o) => untyped.binaryCrossEntropy(x, x, o),
    (o) => new untyped.BCELoss(o),
    (o) => new untyped.MSELoss(o),
    (o) => new untyped.L1Loss(o),
  ],
  MaxPool2dOptions: [
    (o) => untyped.maxPool2d(images, 2, o),
    (o) => new untyped.MaxPool2d(2, o),
  ],
  MirrorOptions: [(o) => mirror("https://example.com", o as object)],
  OpenDatasetOptions: [
    (o) => untyped.openDataset("none", o),
  ],
  MnistOptions: [
    (o) => untyped.Mnist.open("none", { split: "train", ...o as object }),
  ],
  MultiStepLROptions: [
    (o) =>
      new lrScheduler.MultiStepLR(optimizer, {
        milestones: [1],
        ...o as object,
      }),
  ],
  MultilayerPerceptronOptions: [
    (o) => new untyped.MultilayerPerceptron(10, o),
  ],
  NllLossOptions: [
    (o) => untyped.nllLoss(x, labels, o),
    (o) => new untyped.NLLLoss(o),
  ],
  OneCycleLROptions: [
    (o) =>
      new lrScheduler.OneCycleLR(optimizer, {
        maxLr: 1,
        totalSteps: 9,
        ...o as object,
      }),
  ],
  OpenDeviceOptions: [(o) => untyped.openDevice(o)],
  PlacementOptions: [(o) => new untyped.Linear(2, 2).to(device, o)],
  RMSpropOptions: [(o) => new untyped.RMSprop(parameters, o)],
  RandomAffineOptions: [(o) => new transforms.RandomAffine(o)],
  RandomErasingOptions: [(o) => new transforms.RandomErasing(o)],
  RandomOptions: [(o) => untyped.Tensor.rand(device, [2], o)],
  RandomSplitOptions: [(o) => untyped.randomSplit(data, [1, 1], o)],
  ReduceLROnPlateauOptions: [
    (o) => new lrScheduler.ReduceLROnPlateau(optimizer, o),
  ],
  ReductionOptions: [
    (o) => untyped.sum(x, o),
    (o) => untyped.mean(x, o),
    (o) => untyped.norm(x, 2, o),
    (o) => untyped.logsumexp(x, { dim: 0, ...o as object }),
  ],
  PlotLossesOptions: [
    (o) => plotLosses([], o as object),
  ],
  ReportOptions: [
    (o) => report({ device, history: [] } as never, o as object),
  ],
  CalibrationErrorOptions: [
    (o) => untyped.metrics.calibrationError(o as object),
  ],
  PredictDigitsOptions: [
    (o) => predictDigits(device, model as never, [], o as object),
  ],
  SGDOptions: [
    (o) => new untyped.SGD(parameters, { lr: 0.1, ...o as object }),
  ],
  SequentialLROptions: [
    (o) =>
      new lrScheduler.SequentialLR(optimizer, {
        schedulers: [],
        milestones: [],
        ...o as object,
      }),
  ],
  SmoothL1LossOptions: [
    (o) => untyped.smoothL1Loss(x, x, o),
    (o) => new untyped.SmoothL1Loss(o),
  ],
  ServiceOptions: [(o) => new Service(device, model as never, o as object)],
  StepLROptions: [
    (o) => new lrScheduler.StepLR(optimizer, { stepSize: 1, ...o as object }),
  ],
  TensorDatasetOptions: [
    (o) =>
      new untyped.TensorDataset(new Float32Array(4), [0, 1], {
        ...rows,
        ...o as object,
      }),
  ],
  TensorOptions: [(o) => untyped.Tensor.from(device, [1], [1], o)],
  TrainOptions: [(o) => untyped.train(o)],
  UpsampleOptions: [
    (o) => untyped.upsample(images, { size: 4, ...o as object }),
    (o) => new untyped.Upsample({ size: 4, ...o as object }),
  ],
  ValueOptions: [
    (o) => untyped.Tensor.zeros(device, [2], o),
    (o) => untyped.Tensor.eye(device, 2, o),
  ],
  VarianceOptions: [(o) => untyped.variance(x, o)],
  WebGpuDeviceOptions: [(o) => WebGpuDevice.open(o as object)],
};

/** Calls that lack an option without a default, where no compiler looks. */
const required: Record<string, Call[]> = {
  BatchNormOptions: [(o) => untyped.batchNorm2d(images, o)],
  Conv2dLayerOptions: [(o) => new untyped.Conv2d(1, 2, o)],
  ConvTranspose2dLayerOptions: [(o) => new untyped.ConvTranspose2d(1, 2, o)],
  CosineAnnealingLROptions: [
    (o) => new lrScheduler.CosineAnnealingLR(optimizer, o),
  ],
  ExponentialLROptions: [(o) => new lrScheduler.ExponentialLR(optimizer, o)],
  ExportOnnxOptions: [(o) => untyped.exportOnnx(model, o)],
  LambdaLROptions: [(o) => new lrScheduler.LambdaLR(optimizer, o)],
  MnistOptions: [(o = {}) => untyped.Mnist.open("none", o)],
  MultiStepLROptions: [(o) => new lrScheduler.MultiStepLR(optimizer, o)],
  OneCycleLROptions: [(o) => new lrScheduler.OneCycleLR(optimizer, o)],
  SequentialLROptions: [(o) => new lrScheduler.SequentialLR(optimizer, o)],
  StepLROptions: [(o) => new lrScheduler.StepLR(optimizer, o)],
  TensorDatasetOptions: [
    (o) => new untyped.TensorDataset(new Float32Array(4), [0, 1], o),
  ],
};

/** Interfaces of options that no program gives. */
const internal = [
  // Of the parts of a device.
  ...["BarOptions", "EpochOptions", "KernelRunnerOptions", "ThreadOptions"],
  // Of the command line's live view, and of its sweeps.
  "LiveViewOptions",
  ...["RunSweepOptions", "TakeTrialsOptions", "TrialProcessOptions"],
  // What others extend, complete, or take apart.
  ...[
    "CompleteOptions",
    "LearningRateOptions",
    "Options",
    "PoolingOptions",
    "WindowOptions",
  ],
  // The stages of a block, whose layers have checked theirs.
  "ConvBlockOptions",
  // What the service makes of its own options.
  "BatcherOptions",
];

for (const [name, run] of Object.entries(calls)) {
  Deno.test(`options: what does not exist is refused: ${name}`, async () => {
    for (const call of run) {
      await assertRejects(
        async () => await call({ batch_sise: 1 }),
        TypeError,
        ": unknown option batch_sise",
        String(call),
      );
    }
  });
}

for (const [name, run] of Object.entries(required)) {
  testWith("read")(`options: what is missing is named: ${name}`, async () => {
    const first = (await requiredNames()).get(name)![0];
    for (const call of run) {
      for (const options of [undefined, {}, { [first]: undefined }]) {
        await assertRejects(
          async () => await call(options),
          TypeError,
          `: ${first}: expected an option of this name, got none. Help: `,
          String(call),
        );
      }
    }
  });
}

Deno.test("options: where each has a default, all may be left out", () => {
  assertEquals(
    String(new transforms.RandomAffine()),
    "RandomAffine(degrees=(0, 0), translate=(0, 0), scale=(1, 1), shear=(0, 0, 0, 0))",
  );
  library.setDefaultDevice(device);
  try {
    assertEquals(new library.DataLoader(data).length, 2);
  } finally {
    library.setDefaultDevice(null);
  }
});

/** The sources of the library, folder by folder. */
async function* sources(folder: URL): AsyncIterable<string> {
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) {
      yield await Deno.readTextFile(new URL(name, folder));
    }
  }
}

/** The options without a default, by the name of their interface. */
async function requiredNames(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for await (const source of sources(new URL("../src/", import.meta.url))) {
    const code = source.replaceAll(/\/\*[^]*?\*\//g, "");
    const interfaces = code.matchAll(
      /interface (\w*Options)\b[^{]*\{([^]*?)\n\}/g,
    );
    for (const [, name, members] of interfaces) {
      const names = [...members.matchAll(/^ {2}(?:readonly )?(\w+):/gm)]
        .map(([, member]) => member);
      if (names.length > 0) found.set(name, names);
    }
  }
  return found;
}

testWith("read")("every option without a default has a row", async () => {
  const names = [...(await requiredNames()).keys()];
  assertEquals(
    names.filter((name) => !internal.includes(name)).sort(),
    Object.keys(required).sort(),
  );
});

testWith("read")("every interface of options has a row", async () => {
  const declared = new Set<string>();
  for await (const source of sources(new URL("../src/", import.meta.url))) {
    for (const [, name] of source.matchAll(/interface (\w*Options)\b/g)) {
      declared.add(name);
    }
  }
  assertEquals(
    [...declared].sort(),
    [...Object.keys(calls), ...internal].sort(),
  );
});
