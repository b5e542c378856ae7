import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { ShapeError } from "../src/base/errors.ts";
import { add, crossEntropy, mul, relu, scale, sum } from "../src/ops/mod.ts";
import { noGrad, Scope, tidy } from "../src/core/scope.ts";
import { Tape } from "../src/core/tape.ts";
import { Tensor } from "../src/core/tensor.ts";
import type { Device } from "../src/devices/device.ts";
import { deviceTest } from "./_devices.ts";
import { assertClose } from "./close.ts";
import * as operations from "./reference/_operations.ts";

const parameter = (device: Device, values: number[]) =>
  Tensor.from(device, values, [values.length], { requiresGrad: true });

/** Adds the gradient of the sum of squares, 2x. */
function addGradient(x: Tensor): void {
  using tape = new Tape();
  tape.backward(sum(mul(x, x)));
}

deviceTest("gradients add up until zeroGrad", async (device) => {
  using x = parameter(device, [1, -2]);
  assertEquals(x.grad, null);
  addGradient(x);
  assertEquals(await x.grad!.data(), new Float32Array([2, -4]));
  addGradient(x);
  assertEquals(await x.grad!.data(), new Float32Array([4, -8]));
  x.zeroGrad();
  assertEquals(x.grad, null);
  addGradient(x);
  assertEquals(await x.grad!.data(), new Float32Array([2, -4]));
});

/** Logits that are `twice` x or x itself, and `thrice` their cross-entropy. */
const entropies = [
  { name: "of a parameter", twice: false, thrice: false },
  { name: "of what depends on one", twice: true, thrice: false },
  { name: "of a parameter, scaled", twice: false, thrice: true },
  { name: "of what depends on one, scaled", twice: true, thrice: true },
];

for (const { name, thrice, twice } of entropies) {
  deviceTest(`gradient of the cross-entropy ${name}`, async (device) => {
    const values = Float64Array.of(1, -2, 0.5, 3);
    const classes = Int32Array.of(1, 0);
    using labels = Tensor.from(device, classes, [2]);
    using x = Tensor.from(device, [...values], [2, 2], { requiresGrad: true });
    {
      using tape = new Tape();
      const logits = twice ? add(x.reshape([4]), x.reshape([4])) : x;
      const loss = crossEntropy(logits.reshape([2, 2]), labels);
      tape.backward(thrice ? scale(loss, 3) : loss);
    }
    const [factor, before] = [thrice ? 3 : 1, twice ? 2 : 1];
    const shape = { batch: 2, classes: 2 };
    const scaled = values.map((value) => before * value);
    const { logits: expected } = operations.crossEntropy(shape, classes)
      .backward(Float64Array.of(factor * before), { logits: scaled });
    const tolerance = { atol: 1e-6, rtol: 1e-5 };
    assertClose(await x.grad!.data(), expected, tolerance, "gradient");
  });
}

deviceTest("a value used twice gets both gradients", async (device) => {
  using x = parameter(device, [3]);
  let loss: Tensor;
  {
    using tape = new Tape();
    const twice = scale(x, 2);
    loss = sum(add(mul(twice, twice), twice.reshape([1])));
    tape.backward(loss);
  }
  assertEquals(await loss.item(), 42);
  assertEquals(await x.grad!.data(), new Float32Array([26]));
});

deviceTest(
  "closing a tape frees all that was made, but the loss",
  async (device) => {
    using x = parameter(device, [1, 2, 3]);
    addGradient(x);
    const { allocations } = device.counters;
    let loss: Tensor, product: Tensor;
    {
      using tape = new Tape();
      product = mul(x, x);
      loss = sum(product);
      tape.backward(loss);
    }
    assertThrows(() => product.buffer, TypeError, "use of a freed tensor");
    assertEquals(await loss.item(), 14);
    loss[Symbol.dispose]();
    addGradient(x);
    // What the first tape gave back is all that the others need.
    assert(device.counters.allocations - allocations <= 1);
  },
);

deviceTest(
  "nothing is recorded outside a tape, nor under noGrad",
  async (device) => {
    using x = parameter(device, [1]);
    using outside = mul(x, x);
    assertEquals(outside.tape, null);
    let kept: Tensor;
    {
      using tape = new Tape();
      kept = tape.keep(noGrad(() => mul(x, x)));
      assertEquals(kept.tape, null);
      assertThrows(() => tape.backward(kept), TypeError, "an empty tape");
    }
    assertEquals(await kept.item(), 1);
  },
);

deviceTest("item() refuses more than one element", async (device) => {
  using x = parameter(device, [1, 2]);
  await assertRejects(() => x.item(), ShapeError, "expected one element");
});

deviceTest("backward refuses what has no gradient", (device) => {
  using x = parameter(device, [1, 2]);
  using constant = Tensor.from(device, [1, 2], [2]);
  using tape = new Tape();
  assertThrows(
    () => tape.backward(mul(x, x)),
    ShapeError,
    "backward: expected a loss of one element, got shape [2]",
  );
  assertThrows(
    () => tape.backward(sum(constant)),
    TypeError,
    "depends on no parameter",
  );
  const loss = sum(relu(x));
  tape.backward(loss);
  assertThrows(() => tape.backward(loss), TypeError, "backward ran before");
});

deviceTest("a tape takes no tensor of another one", (device) => {
  using x = parameter(device, [1]);
  using outer = new Tape();
  const square = mul(x, x);
  {
    using _inner = new Tape();
    assertThrows(() => relu(square), TypeError, "tensor of another tape");
  }
  outer.backward(sum(square));
});

deviceTest("scopes close from the inside", (device) => {
  using outer = new Scope();
  {
    using _inner = new Scope();
    assertThrows(
      () => outer[Symbol.dispose](),
      TypeError,
      "closed out of order",
    );
    Tensor.empty(device, [1]);
  }
});

const spansAwait = "tape open across an `await`: expected a tape that closes";

/** The step of a user who awaits under a tape. */
async function awaiting(x: Tensor, wait: Promise<unknown>): Promise<void> {
  using tape = new Tape();
  const y = mul(x, x);
  await wait;
  tape.backward(sum(y));
}

deviceTest("a tape that is open across an await is refused", async (device) => {
  using x = parameter(device, [3]);
  const error = await assertRejects(
    () => awaiting(x, Promise.resolve()),
    TypeError,
    spansAwait,
  );
  assertMatch(error.message, /Help: Give `using tape` a block of its own/);
  const lateToClose = async () => {
    using _tape = new Tape();
    await Promise.resolve();
  };
  await assertRejects(lateToClose, TypeError, spansAwait);
  addGradient(x);
  assertEquals(await x.grad!.data(), new Float32Array([6]));
});

deviceTest(
  "tapes that interleave are refused, each by itself",
  async (device) => {
    using x = parameter(device, [3]);
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const steps = [awaiting(x, first.promise), awaiting(x, second.promise)];
    const settled = Promise.allSettled(steps);
    first.resolve();
    await assertRejects(() => steps[0], TypeError, spansAwait);
    addGradient(x);
    second.resolve();
    await assertRejects(() => steps[1], TypeError, spansAwait);
    await settled;
    assertEquals(await x.grad!.data(), new Float32Array([6]));
  },
);

deviceTest("a tape that awaits frees no tensors of others", async (device) => {
  using x = parameter(device, [3]);
  const resume = Promise.withResolvers<void>();
  // Made before the microtask that finds the tape open, and after it.
  const early = Promise.resolve().then(() => scale(x, 2));
  const refused = assertRejects(() => awaiting(x, resume.promise));
  const made = [scale(x, 2), await early, scale(x, 2)];
  assertEquals(made[2].tape, null);
  resume.resolve();
  await refused;
  for (const doubled of made) assertEquals(await doubled.item(), 6);
});

deviceTest(
  "tidy takes no function that awaits under a tape",
  async (device) => {
    using x = parameter(device, [3]);
    const resume = Promise.withResolvers<void>();
    const refused: Promise<unknown>[] = [];
    const wrong = () => {
      refused.push(assertRejects(() => awaiting(x, resume.promise)));
      return refused[0];
    };
    assertThrows(
      () => tidy(wrong as unknown as () => Tensor),
      TypeError,
      "result of tidy(): expected tensors, or a list or record of tensors, or " +
        "nothing, got a promise. Help: Return tensors from a synchronous function",
    );
    resume.resolve();
    await Promise.all(refused);
    using outside = scale(x, 2);
    assertEquals(await outside.item(), 6);
  },
);

deviceTest(
  "a tape goes back from losses that share nothing",
  async (device) => {
    const [a, b] = [2, 3].map((value) =>
      Tensor.from(device, [value], [1], { requiresGrad: true })
    );
    {
      using tape = new Tape();
      const made = mul(a, a);
      tape.backward(sum(mul(made.detach(), b)));
      assertEquals(a.grad, null);
      tape.backward(sum(mul(made, b)));
    }
    assertEquals(await a.grad!.data(), new Float32Array([2 * 2 * 3]));
    assertEquals(await b.grad!.data(), new Float32Array([2 * 4]));
  },
);

deviceTest("a tape goes through no operation twice", (device) => {
  const a = Tensor.from(device, [2], [1], { requiresGrad: true });
  using tape = new Tape();
  const shared = mul(a, a);
  const [first, second] = [sum(shared), mul(shared, shared)];
  tape.backward(first);
  assertThrows(() => tape.backward(first), TypeError, "ran before");
  assertThrows(() => tape.backward(second), TypeError, "shares some");
});
