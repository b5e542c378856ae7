/**
 * What takes part in a backward pass: tensors whose gradient is switched, what
 * is detached or cloned, and the shape in which an operation sees a gradient.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { noGrad, tidy } from "../../src/core/scope.ts";
import { Tape } from "../../src/core/tape.ts";
import { type Shape, Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  add,
  crossEntropy,
  linear,
  mul,
  scale,
  sum,
} from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

const requiresGrad = true;

function parameter(device: Device, values: number[], shape = [values.length]) {
  return Tensor.from(device, values, shape, { requiresGrad });
}

function backward(loss: () => Tensor): void {
  using tape = new Tape();
  tape.backward(loss());
}

deviceTest(
  "a detached tensor shares memory and has no gradient",
  async (device) => {
    using x = parameter(device, [2, 3]);
    const detached = x.detach();
    assertEquals(detached.needsGradient, false);
    assertEquals(detached.buffer, x.buffer);
    device.write(x.buffer, Float32Array.of(5, 7));
    assertEquals(await detached.data(), Float32Array.of(5, 7));
    backward(() => sum(mul(x, x.detach())));
    assertEquals(await x.grad!.data(), Float32Array.of(5, 7));
  },
);

deviceTest("a reshaped view of what is detached stays so", async (device) => {
  using x = parameter(device, [2, 3]);
  backward(() => sum(mul(x.reshape([1, 2]), x.detach().reshape([1, 2]))));
  assertEquals(await x.grad!.data(), Float32Array.of(2, 3));
});

deviceTest(
  "what one tape has made serves another, detached",
  async (device) => {
    using weight = parameter(device, [3]);
    using made = (() => {
      using tape = new Tape();
      return tape.keep(scale(weight, 2));
    })();
    using other = parameter(device, [10]);
    assertThrows(
      () => backward(() => mul(made, other)),
      TypeError,
      "operation on a tensor of another tape",
    );
    backward(() => mul(made.detach(), other));
    assertEquals(await other.grad!.item(), 6);
    assertEquals(weight.grad, null);
  },
);

deviceTest("memory lives as long as what is detached of it", async (device) => {
  using kept = tidy(() => scale(Tensor.from(device, [1, 2], [2]), 3).detach());
  using _other = scale(Tensor.from(device, [8, 9], [2]), 1);
  assertEquals(await kept.data(), Float32Array.of(3, 6));
  const x = Tensor.from(device, [1], [1]);
  const detached = x.detach();
  x[Symbol.dispose]();
  assertThrows(() => detached.buffer, TypeError, "freed tensor");
});

deviceTest(
  "a detached tensor may be a parameter of its own",
  async (device) => {
    using x = parameter(device, [2, 3]);
    const own = x.detach();
    own.requiresGrad = true;
    backward(() => sum(mul(own, own)));
    assertEquals(await own.grad!.data(), Float32Array.of(4, 6));
    assertEquals(x.grad, null);
  },
);

deviceTest(
  "a clone has memory of its own; gradients flow through",
  async (device) => {
    using x = parameter(device, [1, -0, NaN]);
    using copy = x.clone();
    device.write(x.buffer, Float32Array.of(7, 8, 9));
    assertEquals(await copy.data(), Float32Array.of(1, -0, NaN));
    backward(() => sum(scale(x.clone(), 4)));
    assertEquals(await x.grad!.data(), Float32Array.of(4, 4, 4));
    using bytes = Tensor.from(device, Uint8Array.of(1, 2, 3), [3]);
    using copied: Tensor<Shape, "u8"> = bytes.clone();
    assertEquals(await copied.data(), Uint8Array.of(1, 2, 3));
  },
);

deviceTest("a frozen parameter's gradient is not computed", async (device) => {
  using x = parameter(device, [1, 2], [1, 2]);
  using weight = parameter(device, [3, 4, 5, 6], [2, 2]);
  using bias = parameter(device, [0, 0]);
  const dispatches = () => {
    for (const one of [x, weight, bias]) one.zeroGrad();
    const before = device.counters.dispatches;
    backward(() => sum(linear(x, weight, bias)));
    return device.counters.dispatches - before;
  };
  const all = dispatches();
  weight.requiresGrad = false;
  assertEquals(weight.needsGradient, false);
  assertEquals(dispatches(), all - 1);
  assertEquals(weight.grad, null);
  assertEquals(await x.grad!.data(), Float32Array.of(8, 10));
  weight.requiresGrad = true;
  dispatches();
  assertEquals(await weight.grad!.data(), Float32Array.of(1, 2, 1, 2));
});

deviceTest("nothing is recorded where all is frozen", (device) => {
  using x = parameter(device, [1]);
  x.requiresGrad = false;
  using tape = new Tape();
  scale(x, 2);
  assertEquals(tape.toString(), "Tape(0 operations)");
});

deviceTest(
  "a captured step runs anew for what is frozen since",
  async (device) => {
    using x = parameter(device, [1, 2]);
    using y = parameter(device, [3, 4]);
    let runs = 0;
    using step = capture(device, () => {
      runs++;
      backward(() => sum(mul(x, y)));
    });
    const gradients = async () => {
      for (const one of [x, y]) one.zeroGrad();
      step();
      const both = [x.grad, y.grad].map((one) => one?.data() ?? null);
      return (await Promise.all(both)).map((one) => one && [...one]);
    };
    assertEquals(await gradients(), [[3, 4], [1, 2]]);
    x.requiresGrad = false;
    assertEquals(await gradients(), [null, [1, 2]]);
    x.requiresGrad = true;
    assertEquals(await gradients(), [[3, 4], [1, 2]]);
    x.requiresGrad = false;
    assertEquals(await gradients(), [null, [1, 2]]);
    assertEquals(runs, 2);
  },
);

deviceTest("a captured step may freeze and thaw itself", async (device) => {
  using x = parameter(device, [1, 2]);
  using y = parameter(device, [3, 4]);
  let runs = 0;
  using step = capture(device, () => {
    runs++;
    x.requiresGrad = false;
    backward(() => sum(mul(x, y)));
    x.requiresGrad = true;
  });
  for (let round = 1; round <= 3; round++) {
    x.requiresGrad = round !== 2;
    step();
    assertEquals(x.requiresGrad, true);
    assertEquals(x.grad, null);
    assertEquals(await y.grad!.data(), Float32Array.of(round, 2 * round));
  }
  // The first gradient is written, those after it are added.
  assertEquals(runs, 2);
});

deviceTest("requiresGrad is refused where it means nothing", (device) => {
  using x = parameter(device, [1]);
  using integers = Tensor.from(device, Int32Array.of(1), [1]);
  const switchIt = (x: { requiresGrad: boolean }, value: boolean) => () => {
    x.requiresGrad = value;
  };
  assertThrows(
    switchIt(x.reshape([1, 1]), false),
    TypeError,
    "requiresGrad of a tensor of shape [1, 1]: expected a tensor that was " +
      "made from values: a leaf, got a reshaped view. Help: Switch it on",
  );
  assertThrows(
    switchIt(integers, true),
    TypeError,
    "requiresGrad: expected f32 elements, got i32",
  );
  assertThrows(
    () => Tensor.from(device, Int32Array.of(1), [1], { requiresGrad }),
    TypeError,
    "requiresGrad: expected f32 elements, got i32",
  );
  using _tape = new Tape();
  const computed = scale(x, 2);
  assertThrows(
    switchIt(computed, false),
    TypeError,
    "got one that a tape recorded",
  );
});

deviceTest(
  "an operation sees a gradient in its operand's shape",
  async (device) => {
    using x = parameter(device, [1, 2, 3]);
    using y = parameter(device, [1, 2, 3, 4]);
    backward(() => sum(mul(x.reshape([3, 1]), y)));
    assertEquals(await x.grad!.data(), Float32Array.of(10, 10, 10));
    assertEquals(await y.grad!.data(), Float32Array.of(6, 6, 6, 6));
  },
);

deviceTest(
  "an operation sees its output's gradient in the output's shape",
  async (device) => {
    using x = parameter(device, [1, 2, 3, 4, 5, 6], [2, 1, 3]);
    using y = parameter(device, [0, 0, 0, 0], [4, 1]);
    using ones = Tensor.from(device, new Float32Array(24).fill(1), [8, 3]);
    backward(() => sum(mul(add(x, y).reshape([8, 3]), ones)));
    assertEquals(await x.grad!.data(), new Float32Array(6).fill(4));
    assertEquals(await y.grad!.data(), new Float32Array(4).fill(6));
  },
);

deviceTest("so it does before a cross-entropy of a view", async (device) => {
  using x = parameter(device, [0, 0, 0, 0, 0, 0], [2, 1, 3]);
  using y = parameter(device, [0, 0], [2, 1]);
  using labels = Tensor.from(device, Int32Array.of(0, 0, 1, 1), [4]);
  backward(() => crossEntropy(add(x, y).reshape([4, 3]), labels));
  const third = 1 / 6;
  const expected = [third - 0.5, third, third, third, third - 0.5, third];
  const gradient = await x.grad!.data();
  for (const [at, value] of expected.entries()) {
    assertEquals(gradient[at].toFixed(5), value.toFixed(5));
  }
});

deviceTest("a loss goes back as PyTorch writes it", async (device) => {
  const x = Tensor.from(device, [2, 3]).requiresGrad_();
  {
    using _tape = new Tape();
    x.square().sum().reshape(1).backward();
  }
  assertEquals(await x.grad!.data(), Float32Array.of(4, 6));
  assertThrows(
    () => x.square().sum().backward(),
    TypeError,
    "backward() of a tensor of shape [1]: expected a loss that a tape recorded, " +
      "got one that depends on no parameter, or that was made while no tape was " +
      "open. Help: Open one before the forward pass: `using tape = new Tape();`.",
  );
  assertEquals(x.requiresGrad_(false).requiresGrad, false);
});

deviceTest("noGrad gives several tensors, or none", async (device) => {
  using x = parameter(device, [2, 3]);
  using tape = new Tape();
  const [double, half] = noGrad(() => [x.mul(2), x.div(2)]);
  assertEquals(noGrad(() => {}), undefined);
  assertThrows(
    () => noGrad((async () => await double.data()) as () => never),
    TypeError,
    "result of noGrad()",
  );
  tape.backward(x.mul(double).mul(half).sum());
  const gradient = x.grad!;
  tape[Symbol.dispose]();
  assertEquals(await gradient.data(), Float32Array.of(4, 9));
});
