import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  capture,
  conv2d,
  DeviceError,
  type Shape,
  Tape,
  Tensor,
} from "../../mod.ts";
import { gatherBatch } from "../../kernels/gather/gather.ts";
import { Scope } from "../../src/core/scope.ts";
import { convBlock, CpuDevice, type Operand } from "../../src/kernel/mod.ts";
import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { fill } from "../../kernels/fill/fill.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { testWith } from "../permissions.ts";

const permittedTest = testWith("read", "run", "write");

Deno.test("the label says how the CPU device computes", () => {
  using three = CpuDevice.open({ threads: 3 });
  assertEquals(three.label, "cpu (3 threads, relaxed SIMD)");
  using one = CpuDevice.open({ threads: 1, kernels: "simd" });
  assertEquals(one.label, "cpu (1 thread, SIMD)");
  using reference = CpuDevice.open({ kernels: "reference" });
  assertEquals(reference.label, "cpu (1 thread, reference)");
});

Deno.test("a number of threads that can't be is refused", () => {
  for (const threads of [0, 1.5, -1, NaN, 1025]) {
    assertThrows(
      () => CpuDevice.open({ threads }),
      RangeError,
      `expected a whole number from 1 to 1024, got ${threads}. Help:`,
    );
  }
});

/** A counter that a device adds to in every replay, in many elements. */
function counting(device: CpuDevice) {
  const length = 10_007;
  const counter = { buffer: device.allocate("f32", length) };
  const one = { buffer: device.allocate("f32", length) };
  device.run(fill, { output: counter }, 0);
  device.run(fill, { output: one }, 1);
  const { program } = device.record(() => {
    for (let i = 0; i < 10; i++) {
      device.run(accumulate, { source: one, destination: counter });
    }
  });
  return { counter, program };
}

async function assertAll(
  device: CpuDevice,
  { buffer }: Operand,
  value: number,
) {
  const values = await device.read(buffer);
  assert(values.every((actual) => actual === value), `not all are ${value}`);
}

/** Gives the workers time to start or to end; fails if they never do. */
async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the workers did not come or go in ten seconds");
}

Deno.test("a program gives the same before, with and after workers", async () => {
  using device = CpuDevice.open({ threads: 3, splitFrom: 0, idle: 20 });
  assertEquals(device.workers, 0);
  const { counter, program } = counting(device);
  let added = 10;
  for (let round = 0; round < 2; round++) {
    await until(() => {
      program.replay();
      added += 10;
      return device.workers === 2;
    });
    for (let i = 0; i < 1000; i++) program.replay();
    added += 10_000;
    await assertAll(device, counter, added);
    await until(() => device.workers === 0);
  }
});

// As the main thread of a page, which `browser_test.ts` tries where it can.
Deno.test("a thread that may not sleep spins, and the rest is as ever", async () => {
  const { wait } = Atomics;
  Atomics.wait = () => {
    throw new TypeError("Atomics.wait cannot be called in this context");
  };
  let device: CpuDevice;
  try {
    device = CpuDevice.open({ threads: 2, splitFrom: 0 });
  } finally {
    Atomics.wait = wait;
  }
  using opened = device;
  const { counter, program } = counting(opened);
  let added = 10;
  await until(() => {
    program.replay();
    added += 10;
    return opened.workers === 1;
  });
  for (let i = 0; i < 500; i++) program.replay();
  await assertAll(opened, counter, added + 5000);
});

// Deno loads it on the worker's own thread, at any time after `new Worker`.
Deno.test("the program of a worker stays where the worker finds it", async () => {
  const { Worker: Original } = globalThis;
  const urls: string[] = [];
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      urls.push(String(url));
    }
  };
  using device = CpuDevice.open({ threads: 3, splitFrom: 0 });
  try {
    counting(device).program.replay();
  } finally {
    globalThis.Worker = Original;
  }
  assertEquals(urls.length, 2);
  for (const url of urls) await (await fetch(url)).text();
});

Deno.test("workers that cannot begin are not started again", async () => {
  const { Worker: Original } = globalThis;
  const broken = URL.createObjectURL(
    new Blob(["throw new Error('no workers here');"]),
  );
  let started = 0;
  globalThis.Worker = class extends Original {
    constructor(_url: string | URL, options?: WorkerOptions) {
      super(broken, options);
      started++;
    }
  };
  using device = CpuDevice.open({ threads: 3, splitFrom: 0 });
  try {
    const { counter, program } = counting(device);
    let added = 10;
    for (let round = 0; round < 40; round++) {
      program.replay();
      added += 10;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await assertAll(device, counter, added);
  } finally {
    globalThis.Worker = Original;
    URL.revokeObjectURL(broken);
  }
  assertEquals(started, 2);
});

Deno.test("the convolution of one image starts no worker, that of two does", () => {
  const { Worker: Original } = globalThis;
  const counts: number[] = [];
  for (const images of [1, 2]) {
    let started = 0;
    globalThis.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        started++;
      }
    };
    using device = CpuDevice.open({ threads: 2 });
    try {
      using x = Tensor.empty(device, [images, 16, 14, 14]);
      using weight = Tensor.empty(device, [32, 16, 5, 5]);
      conv2d(x, weight, null)[Symbol.dispose]();
    } finally {
      globalThis.Worker = Original;
    }
    counts.push(started);
  }
  assertEquals(counts, [0, 1]);
});

Deno.test("a device has a thread for each core, at most 8", () => {
  for (const [cores, threads] of [[1, 1], [3, 3], [8, 8], [64, 8]]) {
    const value = cores;
    Object.defineProperty(navigator, "hardwareConcurrency", {
      value,
      configurable: true,
    });
    try {
      using device = CpuDevice.open();
      const number = threads === 1 ? "1 thread" : `${threads} threads`;
      assertEquals(device.label, `cpu (${number}, relaxed SIMD)`);
    } finally {
      Reflect.deleteProperty(navigator, "hardwareConcurrency");
    }
  }
});

Deno.test("1,024 threads share 16, or as many as there are cores", async () => {
  using device = CpuDevice.open({ threads: 1024, splitFrom: 0 });
  const { counter, program } = counting(device);
  const expected = Math.max(16, navigator.hardwareConcurrency) - 1;
  let added = 10;
  await until(() => {
    program.replay();
    added += 10;
    return device.workers === expected;
  });
  for (let round = 0; round < 20; round++) program.replay();
  await assertAll(device, counter, added + 200);
});

Deno.test("two devices work at once", async () => {
  using left = CpuDevice.open({ threads: 2, splitFrom: 0 });
  using right = CpuDevice.open({ threads: 3, splitFrom: 0 });
  const ofLeft = counting(left), ofRight = counting(right);
  let added = 10;
  await until(() => {
    ofLeft.program.replay();
    ofRight.program.replay();
    added += 10;
    return left.workers === 1 && right.workers === 2;
  });
  for (let i = 0; i < 500; i++) {
    ofLeft.program.replay();
    ofRight.program.replay();
  }
  await assertAll(left, ofLeft.counter, added + 5000);
  await assertAll(right, ofRight.counter, added + 5000);
});

for (const wrong of [0, 3]) {
  const where = wrong === 0 ? "the calling thread" : "a worker";
  Deno.test(`a kernel that fails on ${where} is an error, no hang`, async () => {
    using device = CpuDevice.open({ threads: 2, splitFrom: 0 });
    const { counter, program } = counting(device);
    await until(() => {
      program.replay();
      return device.workers === 1;
    });
    const integers = [4, 1, 6, 4, 1];
    const [indices, cursor, source, targets, next] = integers.map((length) => ({
      buffer: device.allocate("i32", length),
    }));
    const [shard, output] = [6, 4].map((length) => ({
      buffer: device.allocate("f32", length),
    }));
    device.run(fill, { output: cursor }, 0);
    const order = Int32Array.of(0, 1, 2, 3);
    order[wrong] = 6;
    device.write(indices.buffer, order);
    const shape = { batch: 4, rowLength: 1, rowsPerShard: 6 };
    const norm = { divisor: 1, mean: 0, std: 1, targetLength: 1 };
    assertThrows(
      () =>
        device.run(gatherBatch, {
          ...{ shard0: shard, shard1: null, shard2: null, shard3: null },
          ...{ source, indices, cursor, output, targets, next },
        }, { ...shape, ...norm }),
      DeviceError,
      "kernel on the CPU failed",
    );
    device.run(fill, { output: counter }, 0);
    program.replay();
    await assertAll(device, counter, 10);
  });
}

Deno.test("a device that is disposed has no workers", async () => {
  let disposed: CpuDevice;
  {
    using device = disposed = CpuDevice.open({ threads: 2, splitFrom: 0 });
    const { program } = counting(device);
    await until(() => {
      program.replay();
      return device.workers === 1;
    });
  }
  assertEquals(disposed.workers, 0);
});

Deno.test("a profile has the time and bytes of every kernel", async () => {
  using device = CpuDevice.open({ threads: 2, profile: true });
  const { counter, program } = counting(device);
  program.replay();
  await assertAll(device, counter, 20);
  const { profile } = device;
  assertEquals(profile!.runs.length, 22);
  assertEquals(profile!.runs[21].name, "accumulate");
  assertEquals(profile!.runs[21].bytes, 8 * 10_007);
  assert(profile!.runs.every(({ duration }) => duration > 0));
  assertEquals(CpuDevice.open().profile, null);
});

/** The kernels of a block in evaluation, recorded or not. */
function kernelsOf(
  [batch, side, kernelSize]: readonly [number, number, number],
  recorded: boolean,
): string[] {
  using device = CpuDevice.open({ threads: 2, profile: true });
  using _scope = new Scope();
  const zeros = (shape: number[]) =>
    Tensor.from(
      device,
      new Float32Array(shape.reduce((a, b) => a * b)),
      shape,
    );
  const channels = zeros([32]);
  const images = zeros([batch, 16, side, side]);
  const weight = zeros([32, 16, kernelSize, kernelSize]);
  const block = () =>
    void convBlock(images, {
      convolution: { weight, bias: channels, padding: (kernelSize - 1) / 2 },
      normalisation: {
        weight: channels,
        bias: channels,
        runningMean: channels,
        runningVar: channels,
        training: false,
      },
      activation: "relu",
      pooling: { kernelSize: 2 },
    });
  using captured = capture(device, block);
  if (recorded) captured();
  else block();
  return device.profile!.runs.map(({ name }) => name);
}

Deno.test("a block of much work goes Winograd's way, others don't", () => {
  assert(kernelsOf([25, 18, 5], true).includes("winogradForward"));
  assert(kernelsOf([24, 18, 5], true).includes("conv2dForward"));
  assert(kernelsOf([112, 14, 3], true).includes("winogradForward"));
  assert(kernelsOf([110, 14, 3], true).includes("conv2dForward"));
  assert(kernelsOf([400, 5, 5], true).includes("conv2dForward"));
});

Deno.test("a 3×3 convolution of much work goes Winograd's way where it pays", () => {
  const kernelsOf = (
    batch: number,
    channels: number,
    side: number,
    stride = 1,
  ) => {
    using device = CpuDevice.open({ threads: 1, profile: true });
    const zeros = (shape: Shape) => Tensor.zeros(device, shape);
    const x = zeros([batch, channels, side, side]).requiresGrad_();
    const weight = zeros([channels, channels, 3, 3]).requiresGrad_();
    using tape = new Tape();
    tape.backward(conv2d(x, weight, null, { padding: 1, stride }).sum());
    return device.profile!.runs.map(({ name }) => name);
  };
  for (const much of [kernelsOf(60, 32, 14), kernelsOf(60, 32, 28, 2)]) {
    assert(much.includes("winogradForward"));
    assert(much.includes("winogradGradient"));
  }
  // Transforms of few channels cost more than the multiplications saved.
  for (const narrow of [kernelsOf(900, 8, 14), kernelsOf(900, 8, 28, 2)]) {
    assert(narrow.includes("conv2dForward"));
    assert(narrow.includes("conv2dInputGradient"));
  }
});

Deno.test("a recorded block whose tiles come in fours is one kernel from one image on", () => {
  assertEquals(kernelsOf([1, 14, 5], true), [
    "convBlockFold",
    "winogradWeights",
    "convBlockWinograd",
  ]);
});

Deno.test("a prediction that is not recorded has direct sums", () => {
  assert(kernelsOf([100, 14, 5], false).includes("conv2dForward"));
});

/** A process that computes on two threads, and prints once it does. */
async function sharing(
  rest: string,
): Promise<AsyncDisposable & { process: Deno.ChildProcess }> {
  const folder = await temporaryFolder();
  const file = join(folder.path, "sharing.ts");
  const library = import.meta.resolve("../../src/kernel/mod.ts");
  const kernel = import.meta.resolve("../../kernels/fill/fill.ts");
  await Deno.writeTextFile(
    file,
    `import { CpuDevice } from "${library}";
    import { fill } from "${kernel}";
    const device = CpuDevice.open({ threads: 2, splitFrom: 0, idle: 50 });
    const x = { buffer: device.allocate("f32", 1000) };
    while (device.workers === 0) {
      device.run(fill, { output: x }, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    console.log("shared");
    ${rest}
    `,
  );
  const config = fromFileUrl(import.meta.resolve("../../deno.json"));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--config", config, file],
    stdout: "piped",
    stderr: "null",
    // A process that hangs is ended, and its status says so.
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  return {
    process,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const endings: [how: string, rest: string, code: number][] = [
  ["at its last line", "device[Symbol.dispose]();", 0],
  ["with a forgotten device", "", 0],
  ["by an error", "throw new Error('on purpose');", 1],
  ["by Deno.exit", "Deno.exit(3);", 3],
];
for (const [how, rest, code] of endings) {
  permittedTest(`a process with workers ends ${how}`, async () => {
    await using run = await sharing(rest);
    const output = await run.process.output();
    assertEquals(new TextDecoder().decode(output.stdout), "shared\n");
    assertEquals([output.code, output.signal], [code, null]);
  });
}

permittedTest("Ctrl-C ends a process with workers at work", async () => {
  await using run = await sharing(
    "while (true) device.run(fill, { output: x }, 1);",
  );
  const reader = run.process.stdout.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "shared\n");
  run.process.kill("SIGINT");
  const { signal } = await run.process.status;
  assertEquals(signal, "SIGINT");
  await reader.cancel();
});

Deno.test("where memory is full, what nobody uses serves buffers of other sizes", async () => {
  using device = CpuDevice.open({ threads: 1 });
  using double = capture(device, (x: Tensor) => x.mul(2));
  using x = Tensor.from(device, [3, 4]);
  assertEquals(await double(x).tolist(), [6, 8]);
  const most = 2 ** 32;
  let bytes = 0;
  const kept: Tensor[] = [];
  // Nothing touches the large ones, so that the system gives them no memory.
  for (let round = 0; bytes < 2 * most; round++) {
    const length = (112 - round) * 2 ** 20;
    using _large = Tensor.empty(device, [length]);
    bytes += 4 * length;
    kept.push(Tensor.from(device, [round, 1]));
    assertEquals(await double(x).tolist(), [6, 8]);
    assert(device.counters.bytes < most);
  }
  for (const [round, one] of kept.entries()) {
    using twice = one.mul(2);
    assertEquals(await twice.tolist(), [2 * round, 2]);
    one[Symbol.dispose]();
  }
  // Neighbours are one piece again.
  using _half = Tensor.empty(device, [2 ** 29]);
  assertThrows(
    () => Tensor.empty(device, [2 ** 29]),
    DeviceError,
    `allocation of ${
      most / 2
    } bytes on the CPU: expected at most ${most} bytes`,
  );
  assertEquals(await double(x).tolist(), [6, 8]);
});
