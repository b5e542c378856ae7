import { assertEquals, assertThrows } from "@std/assert";
import type { Device } from "../../src/devices/device.ts";
import { crossEntropy } from "../../src/ops/cross_entropy.ts";
import { AdamW, clipGradNorm } from "../../src/optim/mod.ts";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { setGradient, Values } from "./_values.ts";
import training from "../golden/training.json" with { type: "json" };

deviceTest("AdamW moves as PyTorch's", async (device) => {
  const { after, gradients, start } = training.adamw;
  const [parameter] = new Values(start).to(device).all;
  const optimizer = new AdamW([parameter], { lr: 0.1, weightDecay: 0.2 });
  for (const [step, gradient] of gradients.entries()) {
    setGradient(parameter, gradient);
    optimizer.step();
    const values = await parameter.tensor.data();
    // Worst measured: 1.8e-7 absolute.
    assertClose(values, after[step], { atol: 1e-6, rtol: 1e-6 }, `${step}`);
  }
});

for (const whole of [true, false]) {
  const what = whole ? "a whole model" : "some parameters";
  deviceTest(`clipGradNorm clips ${what} as PyTorch`, async (device) => {
    const { before } = training.clip;
    const others = whole ? [] : [[1, 2]];
    const model = new Values(...before, ...others).to(device);
    const parameters = model.all.slice(0, 2);
    for (const maxNorm of [1, 100] as const) {
      parameters.forEach((parameter, i) => setGradient(parameter, before[i]));
      using norm = clipGradNorm(model.parameters(), maxNorm);
      // Worst measured: 1.0e-7 relative.
      const tolerance = { atol: 1e-7, rtol: 1e-6 };
      assertClose([await norm.item()], [training.clip.norm], tolerance, "norm");
      for (const [i, expected] of training.clip[`after ${maxNorm}`].entries()) {
        const gradient = await parameters[i].grad!.data();
        assertClose(gradient, expected, tolerance, `gradient ${i}`);
      }
    }
  });
}

deviceTest("clipGradNorm takes the norm over all stretches", async (device) => {
  const { all } = new Values([0], [0], [0, 0]).to(device);
  setGradient(all[0], [2]);
  setGradient(all[2], [4, -4]);
  using norm = clipGradNorm(all, 3);
  assertClose([await norm.item()], [6], { atol: 0, rtol: 1e-6 }, "norm");
  const clipped = await Promise.all(
    [all[0], all[2]].map((parameter) => parameter.grad!.data()),
  );
  const tolerance = { atol: 0, rtol: 1e-6 };
  assertClose(clipped[0], [1], tolerance, "first");
  assertClose(clipped[1], [2, -2], tolerance, "last");
});

deviceTest("clipGradNorm to infinity gives the norm alone", async (device) => {
  const { all } = new Values([0, 0]).to(device);
  setGradient(all[0], [300, -400]);
  using norm = clipGradNorm(all, Infinity);
  assertClose([await norm.item()], [500], { atol: 0, rtol: 1e-6 }, "norm");
  assertEquals(await all[0].grad!.data(), Float32Array.of(300, -400));
});

deviceTest("clipGradNorm needs gradients and a norm", (device) => {
  const { all } = new Values([1]).to(device);
  assertThrows(() => clipGradNorm(all, 1), TypeError, "expected at least one");
  assertThrows(() => clipGradNorm(all, -1), RangeError, "got -1");
});

type Amount = "0" | "0.1" | "1";

async function smoothed(device: Device, amount: Amount) {
  const { labels, logits } = training.smoothing;
  const scores = Tensor.from(device, logits, [4, 5], { requiresGrad: true });
  using given = Tensor.from(device, Int32Array.from(labels), [4]);
  const labelSmoothing = Number(amount);
  let loss: Tensor;
  {
    using tape = new Tape();
    loss = crossEntropy(scores, given, { labelSmoothing });
    tape.backward(loss);
  }
  return { loss: await loss.item(), gradient: await scores.grad!.data() };
}

for (const amount of ["0", "0.1", "1"] as const) {
  deviceTest(`labels smoothed by ${amount} are PyTorch's`, async (device) => {
    const { gradient, loss } = await smoothed(device, amount);
    const expected = training.smoothing[amount];
    // Worst measured: 4.5e-8 absolute in the gradient, 6e-8 relative in the loss.
    const tolerance = { atol: 1e-7, rtol: 1e-6 };
    assertClose([loss], [expected.loss], tolerance, "loss");
    assertClose(gradient, expected.gradient, tolerance, "gradient");
  });
}

deviceTest("a smoothing above 1 is refused", (device) => {
  using logits = Tensor.from(device, [1, 2], [1, 2]);
  using labels = Tensor.from(device, new Int32Array(1), [1]);
  assertThrows(
    () => crossEntropy(logits, labels, { labelSmoothing: 1.5 }),
    RangeError,
    "labelSmoothing: expected a number from 0 to 1, got 1.5",
  );
  assertEquals(crossEntropy(logits, labels, {}).shape, [1]);
});
