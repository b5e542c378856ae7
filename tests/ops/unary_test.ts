import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DeviceError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { WebGpuDevice } from "../../src/devices/webgpu/webgpu_device.ts";
import { clamp, elu, gelu, relu, sum } from "../../src/ops/mod.ts";
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

deviceTest("parameters of an operation of one's own", async (device) => {
  const affine = unary({
    name: "affine",
    parameters: { factor: 2, shift: 0 },
    reference: {
      value: (x, { factor, shift }) => factor * x + shift,
      gradient: (g, _x, _y, { factor }) => g * factor,
    },
    wgsl: {
      value: "factor * x + shift",
      gradient: "g * factor",
      functions: "override factor: f32;\noverride shift: f32;\n",
    },
  });
  using x = Tensor.from(device, [1, -2], [2], { requiresGrad: true });
  using doubled = affine(x);
  assertEquals(await doubled.data(), Float32Array.of(2, -4));
  using shifted = affine(x, undefined, 0.5);
  assertEquals(await shifted.data(), Float32Array.of(2.5, -3.5));
  using step = capture(device, () => {
    x.zeroGrad();
    using tape = new Tape();
    const loss = sum(affine(x, 3, 1));
    tape.backward(loss);
    return loss;
  });
  for (let call = 0; call < 3; call++) {
    const loss = step();
    assertEquals(await loss.item(), -1);
    assertEquals(await x.grad!.data(), Float32Array.of(3, 3));
  }
});

deviceTest("parameters that are no finite numbers are refused", (device) => {
  using x = Tensor.from(device, [1], [1]);
  assertThrows(
    () => elu(x, { alpha: 2 } as unknown as number),
    TypeError,
    "elu: alpha: expected a number, got an object. " +
      "Help: Give it by its position, not by its name.",
  );
  assertThrows(
    () => elu(x, Infinity),
    RangeError,
    "elu: alpha: expected a finite number, got Infinity",
  );
  assertThrows(
    () => clamp(x, 0, NaN),
    RangeError,
    "clamp: max: expected a number that is not NaN, got NaN",
  );
  assertThrows(
    () => clamp(x),
    TypeError,
    "clamp: expected min, max or both, got neither",
  );
  assertThrows(
    () => gelu(x, { approximate: "sigmoid" as "tanh" }),
    RangeError,
    'gelu: approximate: expected "none" or "tanh", got sigmoid',
  );
});

deviceTest("a bound may be infinite", async (device) => {
  using x = Tensor.from(device, [-Infinity, 1, Infinity], [3]);
  using y = clamp(x, -Infinity, Infinity);
  assertEquals(await y.data(), await x.data());
  using least = clamp(x, Infinity);
  assertEquals(await least.data(), new Float32Array(3).fill(Infinity));
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
