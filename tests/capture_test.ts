import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { capture } from "../src/core/capture.ts";
import { DeviceError } from "../src/base/errors.ts";
import { Mean } from "../src/training/mean.ts";
import { BatchNorm2d } from "../src/nn/mod.ts";
import { concat, mul, scale, sum } from "../src/ops/mod.ts";
import { Tape } from "../src/core/tape.ts";
import { Tensor } from "../src/core/tensor.ts";
import { deviceTest } from "./_devices.ts";

deviceTest("a captured function runs once for each shape", async (device) => {
  let runs = 0;
  using double = capture(device, (x: Tensor) => {
    runs++;
    return scale(x, 2);
  });
  using one = Tensor.from(device, [1], [1]);
  using five = Tensor.from(device, [5], [1]);
  using pair = Tensor.from(device, [3, 4], [2]);
  for (let round = 0; round < 2; round++) {
    assertEquals(await double(one).item(), 2);
    assertEquals(await double(five).item(), 10);
    assertEquals(await double(pair).data(), new Float32Array([6, 8]));
  }
  // Once where `one` is, once for copies of other inputs of its shape, once for
  // the other shape.
  assertEquals(runs, 3);
});

deviceTest("results are written anew by every call", async (device) => {
  using parts = capture(device, (x: Tensor) => ({
    total: sum(x),
    squares: mul(x, x),
  }));
  using x = Tensor.from(device, [1, 2], [2]);
  const first = parts(x);
  assertEquals(await first.total.item(), 3);
  device.write(x.buffer, new Float32Array([3, 4]));
  const second = parts(x);
  assertEquals(second.total, first.total);
  assertEquals(await first.total.item(), 7);
  assertEquals(await first.squares.data(), new Float32Array([9, 16]));
});

deviceTest("reading inside a captured function is an error", async (device) => {
  using x = Tensor.from(device, [1], [1]);
  const reads: Promise<number>[] = [];
  using read = capture(device, (x: Tensor) => {
    reads.push(x.item());
  });
  read(x);
  await assertRejects(() => reads[0], DeviceError, "captured");
});

deviceTest("a captured function returns tensors or nothing", (device) => {
  using number = capture(device, (() => 1) as unknown as () => void);
  assertThrows(() => number(), TypeError, "result of a captured function");
  using later = capture(device, (async () => {}) as unknown as () => void);
  assertThrows(() => later(), TypeError, "got a promise");
  assertEquals(device.recording, false);
});

deviceTest("a replay minds modes and gradients", async (device) => {
  const model = new BatchNorm2d(1).to(device);
  using forward = capture(device, (x: Tensor) => model.forward(x));
  using x = Tensor.from(device, [1, 3], [2, 1, 1, 1]);
  const training = [...await forward(x).data()].map(Math.round);
  assertEquals(training, [-1, 1]);
  model.eval();
  // Running mean 0.1 × 2, running variance 0.9 × 1 + 0.1 × 2.
  const [low] = await forward(x).data();
  assertEquals(low.toFixed(3), ((1 - 0.2) / Math.sqrt(1.1)).toFixed(3));
  model.train();
  assertEquals([...await forward(x).data()].map(Math.round), training);

  using weight = Tensor.from(device, [2], [1], { requiresGrad: true });
  using gradient = capture(device, () => {
    using tape = new Tape();
    tape.backward(mul(weight, weight));
  });
  for (const expected of [4, 8, 12]) {
    gradient();
    assertEquals(await weight.grad!.item(), expected);
  }
  weight.zeroGrad();
  gradient();
  assertEquals(await weight.grad!.item(), 4);
});

deviceTest("a Mean adds up in replays", async (device) => {
  using mean = new Mean(device);
  using x = Tensor.from(device, [4], [1]);
  using add = capture(device, () => mean.add(x));
  for (let count = 0; count < 3; count++) add();
  assertEquals(mean.count, 3);
  assertEquals(await mean.value(), 4);
  mean.reset(10, 4);
  add();
  assertEquals(await mean.value(), 14 / 5);
  mean.reset();
  assertEquals(await mean.value(), NaN);
});

deviceTest("a disposed program's memory serves the next one", (device) => {
  using x = Tensor.from(device, new Float32Array(1000), [1000]);
  const bytes = Array.from({ length: 12 }, () => {
    using program = capture(device, (x: Tensor) => mul(scale(x, 2), x));
    program(x);
    program(x);
    return device.counters.bytes;
  });
  assertEquals(bytes.slice(3), Array(9).fill(bytes[2]));
});

deviceTest("a program's memory is its own while it lives", async (device) => {
  using x = Tensor.from(device, [1, 2, 3], [3]);
  const squares = () => capture(device, (x: Tensor) => mul(x, x));
  {
    using gone = squares();
    gone(x);
  }
  using first = squares();
  const kept = first(x);
  using second = capture(device, (x: Tensor) => scale(mul(x, x), 10));
  second(x);
  using loose = scale(x, 100);
  first(x);
  assertEquals(await kept.data(), new Float32Array([1, 4, 9]));
  assertEquals(await loose.data(), new Float32Array([100, 200, 300]));
  assertEquals(await second(x).data(), new Float32Array([10, 40, 90]));
});

deviceTest("a captured function in another is a part of it", async (device) => {
  using inner = capture(device, (x: Tensor) => mul(x, x));
  using outer = capture(device, (x: Tensor) => mul(inner(x), x));
  using x = Tensor.from(device, [1, 3], [2]);
  assertEquals(await outer(x).data(), new Float32Array([1, 27]));
  device.write(x.buffer, new Float32Array([2, 5]));
  assertEquals(await outer(x).data(), new Float32Array([8, 125]));
  // By itself it has recorded nothing yet.
  assertEquals(String(inner), "Captured function, not recorded yet");
  assertEquals(await inner(x).data(), new Float32Array([4, 25]));
});

deviceTest(
  "a captured function takes as many inputs as it is given",
  async (device) => {
    using joined = capture(device, (...parts: Tensor[]) => concat(parts));
    const [a, b, c] = [1, 2, 3].map((value) => Tensor.from(device, [value]));
    for (const inputs of [[a, b], [a, b, c], [a], [c, b, a], [b, c]]) {
      const expected = await Promise.all(inputs.map((one) => one.item()));
      assertEquals(await joined(...inputs).tolist(), expected);
    }
  },
);

deviceTest(
  "a captured function's results are its own to free",
  async (device) => {
    using x = Tensor.from(device, [1, 2]);
    let last: Tensor;
    {
      using both = capture(device, (x: Tensor) => [scale(x, 2), x] as const);
      for (let round = 0; round < 3; round++) {
        const [double, same] = both(x);
        using _double = double;
        assertEquals(await double.tolist(), [2, 4]);
        last = double;
        assertEquals(await same.tolist(), [1, 2]);
      }
    }
    // Its memory is another's now.
    await assertRejects(() => last.data(), TypeError, "use of a freed tensor");
    assertEquals(await x.tolist(), [1, 2]);
  },
);

deviceTest("arguments of a captured function are tensors", (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  using scaled = capture(device, (x: Tensor, factor: Tensor) => mul(x, factor));
  for (const wrong of [2, undefined, [x]]) {
    assertThrows(
      () => scaled(x, wrong as never),
      TypeError,
      "arguments of a captured function: expected tensors, or a list or ",
    );
  }
  scaled(x, x);
});
