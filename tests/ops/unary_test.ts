import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DeviceError } from "../../src/base/errors.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { relu, sum } from "../../src/ops/mod.ts";
import { unary } from "../../src/ops/unary.ts";
import { deviceTest } from "../_devices.ts";
import { webGpuTest } from "../_webgpu.ts";

deviceTest("relu's gradient is 0 where it blocks inf", async (device) => {
  using x = Tensor.from(device, [-1, 0, 2], [3], { requiresGrad: true });
  const infinite = unary({
    name: "infinite",
    reference: { value: (x) => x, gradient: (g) => g * Infinity },
    wgsl: { value: "x", gradient: "g * 1e38 * 1e38" },
  });
  {
    using tape = new Tape();
    tape.backward(sum(infinite(relu(x))));
  }
  assertEquals(await x.grad!.data(), Float32Array.of(0, 0, Infinity));
});

deviceTest("operations of one name may differ", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  for (const shift of [1, 2]) {
    const shifted = unary({
      name: "shifted",
      reference: { value: (x) => x + shift, gradient: (g) => g },
      wgsl: { value: `x + ${shift}`, gradient: "g" },
    });
    using y = shifted(x);
    assertEquals(await y.data(), Float32Array.of(1 + shift, 2 + shift));
  }
});

deviceTest("elements that are not f32 are refused", (device) => {
  using x = Tensor.from(device, Int32Array.of(1), [1]);
  assertThrows(
    () => relu(x as unknown as Tensor),
    TypeError,
    "relu: x: expected f32 elements, got i32",
  );
});

webGpuTest(
  "webgpu: an expression's error names operation, line and column",
  async () => {
    using device = await WebGpuDevice.open();
    const wrong = unary({
      name: "wrong",
      reference: { value: (x) => x, gradient: (g) => g },
      wgsl: { value: "1.0 +\n  nothing(x)", gradient: "g" },
    });
    const x = Tensor.from(device, [1], [1]);
    const y = wrong(x);
    await assertRejects(
      () => y.data(),
      DeviceError,
      "kernel wrong does not compile at expression of wrong:2:3",
    );
  },
);
