import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { capture } from "../../../src/core/capture.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { DeviceError } from "../../../src/base/errors.ts";
import { add, conv2d } from "../../../src/ops/mod.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { dispatch, kernel } from "../../../kernels/kernel.ts";
import { entryPointsOf } from "../../../kernels/wgsl.ts";
import { webGpuTest } from "../../_webgpu.ts";
import { type AdapterOptions, tamperedAdapter } from "./_adapter.ts";

async function open(options: AdapterOptions): Promise<WebGpuDevice> {
  return await WebGpuDevice.open({ adapter: await tamperedAdapter(options) });
}

for (
  const [kernel, right, wrong] of [
    [
      "batchNorm2dStatistics",
      "squaresSum / f32(count)",
      "squaresSum / f32(count + 1)",
    ],
    ["sum", "combine(total, termAt(index))", "combine(total, 2 * x[index])"],
  ]
) {
  webGpuTest(`a device that gets ${kernel} wrong is refused`, async () => {
    const shader = (source: string) => source.replace(right, wrong);
    await assertRejects(
      () => open({ shader }),
      DeviceError,
      `: ${kernel}: expected`,
    );
  });
}

webGpuTest(
  "a kernel that does not compile is named with its line",
  async () => {
    const shader = (source: string) =>
      source.replace(
        "combine(total, termAt(index))",
        "combine(total, z[index])",
      );
    const error = await assertRejects(() => open({ shader }), DeviceError);
    assertMatch(
      error.message,
      /^webgpu: kernel sum does not compile at kernels\/lib\/reduction\.wgsl:\d+:\d+: /,
    );
  },
);

webGpuTest("sources of one name are told apart", async (device) => {
  for (const value of [1, 2]) {
    const { write } = entryPointsOf(
      "one.wgsl",
      `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
      @compute @workgroup_size(1) fn write() { output[0] = ${value}.0; }`,
    );
    const one = kernel({
      name: "one",
      operands: { output: "write" },
      reference: ({ output }) => output.fill(value),
      webgpu: ({ output }) => [
        dispatch(write, {
          bind: { output },
          constants: {},
          workgroups: [1, 1, 1],
        }),
      ],
    });
    using output = Tensor.empty(device, [1]);
    device.run(one, { output });
    assertEquals(await output.item(), value);
  }
});

webGpuTest(
  "more workgroups than there may be do not cost the device",
  async () => {
    using device = await WebGpuDevice.open({ variant: "direct" });
    using x = Tensor.from(device, [2], [1, 1, 1, 1]);
    using weight = Tensor.ones(device, [262_145, 1, 1, 1]);
    assertThrows(
      () => conv2d(x, weight),
      DeviceError,
      "webgpu: conv2dForward on so long an input: " +
        "expected at most 65535 workgroups along an axis, got 65537. Help: Use",
    );
    assertEquals(await add(x, x).item(), 4);
  },
);

webGpuTest("a lost device says so from then on", async () => {
  let gpu: GPUDevice | null = null;
  using device = await open({ onDevice: (made) => gpu = made });
  using x = Tensor.from(device, [1, 2], [2]);
  assertEquals(await x.data(), new Float32Array([1, 2]));
  const pending = x.data();
  gpu!.destroy();
  await assertRejects(() => pending, DeviceError, "was lost");
  await assertRejects(() => x.data(), DeviceError, "was lost");
  await assertRejects(() => device.settle(), DeviceError, "was lost");
  assertThrows(() => add(x, x), DeviceError, "was lost");
});

webGpuTest("memory that ran out is an error of the next call", async () => {
  let gpu: GPUDevice | null = null;
  using device = await open({ onDevice: (made) => gpu = made });
  const error = new GPUOutOfMemoryError("Not enough memory left.");
  gpu!.dispatchEvent(
    new GPUUncapturedErrorEvent("uncapturederror", { error }),
  );
  assertThrows(
    () => Tensor.from(device, [1], [1]),
    DeviceError,
    "got Not enough memory left. Help: Use a smaller batch",
  );
});

webGpuTest("a limit that is refused is an error", async () => {
  const limits = { maxBufferSize: 2 ** 52 };
  await assertRejects(() => open({ limits }), DeviceError, "gives no device");
});

webGpuTest("a buffer above the adapter's limit is an error", (device) => {
  assertThrows(
    () => device.allocate("f32", 2 ** 40),
    DeviceError,
    "allocation of 1099511627776 f32 elements",
  );
});

webGpuTest("a closed device is used no more", async () => {
  const device = await WebGpuDevice.open();
  const x = Tensor.from(device, [1], [1]);
  device[Symbol.dispose]();
  assertThrows(() => Tensor.from(device, [1], [1]), TypeError, "was closed");
  assertThrows(() => add(x, x), TypeError, "was closed");
  await assertRejects(() => x.data(), TypeError, "was closed");
  await assertRejects(() => device.settle(), TypeError, "was closed");
  device[Symbol.dispose]();
});

for (const profile of [false, true]) {
  const device = profile ? "profiling device" : "device";
  webGpuTest(`a ${device} closed meanwhile is named as closed`, async () => {
    const device = await WebGpuDevice.open({ profile });
    const x = Tensor.from(device, [1, 2], [2]);
    await x.data();
    const work = [x.data(), add(x, x).data(), device.settle()];
    device[Symbol.dispose]();
    for (const one of await Promise.allSettled(work)) {
      if (one.status === "fulfilled") continue;
      assertMatch(String(one.reason), /^TypeError: .* after it was closed\. /);
    }
    await assertRejects(() => work[0], TypeError, "was closed");
  });
}

webGpuTest("a tensor of another device is refused", async (device) => {
  using other = await WebGpuDevice.open();
  using x = Tensor.from(device, [1], [1]);
  using y = Tensor.from(other, [1], [1]);
  assertThrows(() => add(x, y), TypeError, "a tensor of this device");
});

webGpuTest(
  "values cannot be read inside a captured function",
  async (device) => {
    using x = Tensor.from(device, [1], [1]);
    let reading: Promise<unknown> = Promise.resolve();
    using step = capture(device, (x: Tensor) => {
      reading = x.data();
    });
    step(x);
    await assertRejects(
      () => reading,
      DeviceError,
      "reading a value inside a captured function",
    );
  },
);
