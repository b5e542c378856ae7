/** What a device refuses: buffers, kernels and calls that cannot be right. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dispatch, iterationLimit, kernel } from "../../kernels/kernel.ts";
import { entryPointsOf } from "../../kernels/wgsl.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { setDefaultDevice } from "../../src/core/default_device.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { openDevice } from "../../src/devices/select.ts";
import { noAdapter } from "../../src/devices/webgpu/adapter.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { Linear, Module } from "../../src/nn/mod.ts";
import { scale } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";
import { webGpuTest } from "../_webgpu.ts";

deviceTest("a buffer has elements, and is released once", (device) => {
  for (const length of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => device.allocate("f32", length),
      RangeError,
      "allocation of a f32 buffer: expected a positive whole number of " +
        `elements, got ${length}. Help: Check the shape`,
    );
  }
  const buffer = device.allocate("i32", 3);
  device.release(buffer);
  assertThrows(
    () => device.release(buffer),
    TypeError,
    "release of a i32 buffer of 3 elements: expected a buffer of this device " +
      "that is in use, got one that was released before",
  );
});

deviceTest("a captured function may call kernels only", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  const calls: [string, () => unknown][] = [
    [
      "writing host values",
      () => device.write(x.buffer, Float32Array.of(3, 4)),
    ],
    ["another capture", () => device.record(() => {})],
  ];
  for (const [what, run] of calls) {
    using step = capture(device, (x: Tensor) => {
      run();
      return scale(x, 2);
    });
    assertThrows(
      () => step(x),
      DeviceError,
      `${what} inside a captured function: expected kernel calls only`,
    );
  }
  // What was refused has changed nothing, and the device goes on.
  using double = capture(device, (x: Tensor) => scale(x, 2));
  assertEquals(await double(x).data(), Float32Array.of(2, 4));
});

Deno.test("a CPU device that was closed is not used", () => {
  const device = CpuDevice.open({ threads: 1 });
  const x = Tensor.from(device, [1], [1]);
  device[Symbol.dispose]();
  const calls: (() => unknown)[] = [
    () => device.allocate("f32", 1),
    () => device.read(x.buffer),
    () => device.write(x.buffer, Float32Array.of(1)),
    () => device.record(() => {}),
  ];
  for (const run of calls) {
    assertThrows(
      run,
      TypeError,
      "use of the CPU device after it was closed. Help: Keep `using device`",
    );
  }
  x[Symbol.dispose](); // Its memory went with the device.
});

/** A kernel whose own implementation is wrong. */
const own = { operands: { output: "write" } } as const;

Deno.test("a kernel that names no function of the CPU is refused", () => {
  using device = CpuDevice.open({ threads: 1 });
  const wrong = kernel({
    ...own,
    name: "wrong",
    reference: () => {},
    wasm: ({ output }) => [
      { kind: "wasm", function: "absent", words: [output] } as never,
    ],
  });
  using output = Tensor.empty(device, [1]);
  assertThrows(
    () => device.run(wrong, { output }),
    TypeError,
    "no CPU kernel absent",
  );
});

webGpuTest("a kernel without WebGPU is refused there", (device) => {
  const only = kernel({ ...own, name: "only", reference: () => {} });
  using output = Tensor.empty(device, [1]);
  assertThrows(
    () => device.run(only, { output }),
    DeviceError,
    "webgpu: kernel only: expected an implementation that runs on ",
  );
  assertThrows(
    () => device.run(only, { output }),
    DeviceError,
    'got none. Help: Give the kernel `webgpu`, or use `device: "cpu"`.',
  );
});

const wgsl = entryPointsOf(
  "fill.wgsl",
  `struct Params { value: f32 }
  @group(0) @binding(0) var<storage, read_write> output: array<f32>;
  @group(0) @binding(1) var<uniform> params: Params;
  @compute @workgroup_size(1) fn write() { output[0] = params.value; }`,
);

/** A kernel of WGSL that is called with these constants, or so many iterations. */
function filling(constants: Record<string, number>, iterations?: number) {
  return kernel({
    ...own,
    name: "filling",
    reference: () => {},
    webgpu: ({ output }) => [
      dispatch(wgsl.write, {
        bind: { output } as never,
        constants: constants as never,
        workgroups: [1, 1, 1],
        iterations,
      }),
    ],
  });
}

webGpuTest("a kernel's uniform has a value for each member", async (device) => {
  using output = Tensor.empty(device, [1]);
  assertThrows(
    () => device.run(filling({}), { output }),
    TypeError,
    "uniform params: no value for value",
  );
  device.run(filling({ value: 3 }), { output });
  assertEquals(await output.item(), 3);
});

webGpuTest("a processor is given no loop that it leaves undone", async () => {
  using device = await WebGpuDevice.open({ software: true });
  using output = Tensor.empty(device, [1]);
  assertThrows(
    () => device.run(filling({ value: 1 }, iterationLimit + 1), { output }),
    DeviceError,
    "webgpu: filling on so long an input: expected at most " +
      `${iterationLimit} iterations of its loops, more than which `,
  );
  device.run(filling({ value: 2 }, iterationLimit), { output });
  assertEquals(await output.item(), 2);
});

Deno.test("a traced forward pass has no values", async () => {
  class Captures extends Module {
    override forward(x: Tensor): Tensor {
      return capture(x.device, (x: Tensor) => scale(x, 2))(x);
    }
  }
  assertThrows(
    () => new Captures().trace([1]),
    DeviceError,
    "model.trace: a captured step: expected a forward pass that needs no " +
      "values, got one that looks at them. Help: Leave that out of `forward`",
  );
  let device: unknown;
  class Settles extends Module {
    override forward(x: Tensor): Tensor {
      device = x.device;
      return x;
    }
  }
  assertEquals(new Settles().trace([2]).outputShape, [2]);
  assertEquals(String(device), "shapes only");
  await (device as CpuDevice).settle();
});

Deno.test("what needs a device is told how to have a default one", () => {
  setDefaultDevice(null);
  assertThrows(
    () => new Linear(1, 1).to(),
    DeviceError,
    "Module.to: expected a device, got none, and there is no default device. " +
      "Help: Give it one of openDevice(), or call " +
      "setDefaultDevice(await openDevice()) before.",
  );
  using device = setDefaultDevice(CpuDevice.open({ threads: 1 }));
  try {
    assertEquals(new Linear(1, 1).to().weight.tensor.device, device);
  } finally {
    assertEquals(setDefaultDevice(null), null);
  }
});

Deno.test("a program without WebGPU is told so", async () => {
  Object.defineProperty(navigator, "gpu", {
    configurable: true,
    value: undefined,
  });
  try {
    assertEquals(
      noAdapter().message,
      "webgpu: expected a program that runs with WebGPU, got none. Help: Run " +
        'Deno with `--unstable-webgpu`, or use `device: "cpu"`.',
    );
    await assertRejects(
      () => openDevice({ device: "webgpu" }),
      DeviceError,
      "expected a program that runs with WebGPU",
    );
    const choices: string[] = [];
    const onChoice = (choice: string) => choices.push(choice);
    using device = await openDevice({ onChoice });
    assertEquals(choices, [
      `${device.label}: this program runs without WebGPU`,
    ]);
  } finally {
    delete (navigator as { gpu?: unknown }).gpu;
  }
});
