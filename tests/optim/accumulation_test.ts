import { assertEquals, assertNotEquals } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import { uniform } from "../reference.ts";
import { Tape } from "../../src/core/tape.ts";
import { type Labels, Tensor } from "../../src/core/tensor.ts";
import type { Device } from "../../src/devices/device.ts";
import {
  Conv2d,
  Flatten,
  type Layer,
  Linear,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { crossEntropy, scale } from "../../src/ops/mod.ts";
import { Adam, type Optimizer, RMSprop, SGD } from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";

const BATCH = 8;

function network(device: Device): Sequential {
  return new Sequential(
    new Conv2d(1, 4, { kernelSize: 3 }),
    new ReLU(),
    new Flatten(),
    new Linear(4 * 4 * 4, 5),
  ).to(device, { seed: 0 });
}

/** Images and labels of a batch. */
function batch(device: Device, from: number, to: number) {
  const pixels = Float32Array.from(uniform(BATCH * 36, 1));
  const labels = Int32Array.from({ length: BATCH }, (_, i) => i % 5);
  const rows = to - from;
  return {
    x: Tensor.from(device, pixels.slice(from * 36, to * 36), [rows, 1, 6, 6]),
    labels: Tensor.from(device, labels.slice(from, to), [rows]),
  };
}

/** Adds the gradient of a share of the batch's loss. */
function backward(
  model: Layer,
  { labels, x }: { labels: Labels; x: Tensor },
  share: number,
): void {
  using tape = new Tape();
  tape.backward(scale(crossEntropy(model.forward(x), labels), share));
}

function gradients(model: Layer): Promise<Float32Array[]> {
  return Promise.all(model.parameters().map(({ grad }) => grad!.data()));
}

for (const captured of [false, true]) {
  const how = captured ? "captured" : "eager";
  deviceTest(
    `two half batches have the gradient of one, ${how}`,
    async (device) => {
      const [whole, halves] = [network(device), network(device)];
      backward(whole, batch(device, 0, BATCH), 1);
      const expected = await gradients(whole);
      const parts = [0, BATCH / 2].map((from) =>
        batch(device, from, from + BATCH / 2)
      );
      const run = () => {
        for (const parameter of halves.parameters()) {
          parameter.tensor.zeroGrad();
        }
        for (const part of parts) backward(halves, part, 0.5);
      };
      using replayed = capture(device, run);
      const step = captured ? replayed : run;
      for (let count = 0; count < 3; count++) {
        step();
        for (const [index, gradient] of (await gradients(halves)).entries()) {
          // Worst measured: 1.5e-8 absolute.
          const tolerance = { atol: 1e-6, rtol: 0 };
          assertClose(gradient, expected[index], tolerance, `${index}`);
        }
      }
    },
  );
}

deviceTest(
  "captured passes add up, and a captured step moves",
  async (device) => {
    const models = [network(device), network(device)];
    const optimizers = models.map((model) =>
      new Adam(model.parameters(), { lr: 0.01 })
    );
    const parts = [0, BATCH / 2].map((from) =>
      batch(device, from, from + BATCH / 2)
    );
    using pass = capture(
      device,
      (x: Tensor, labels: Labels) => backward(models[1], { x, labels }, 0.5),
    );
    using update = capture(device, () => {
      optimizers[1].step();
      optimizers[1].zeroGrad();
    });
    for (let step = 0; step < 4; step++) {
      for (const part of parts) {
        backward(models[0], part, 0.5);
        pass(part.x, part.labels);
      }
      optimizers[0].step();
      optimizers[0].zeroGrad();
      update();
    }
    assertEquals(await models[1].stateDict(), await models[0].stateDict());
  },
);

for (
  const [name, make] of Object.entries<(model: Layer) => Optimizer>({
    Adam: (model) => new Adam(model.parameters(), { weightDecay: 0.1 }),
    SGD: (model) =>
      new SGD(model.parameters(), { momentum: 0.9, weightDecay: 0.1 }),
    RMSprop: (model) =>
      new RMSprop(model.parameters(), { momentum: 0.9, weightDecay: 0.1 }),
  })
) {
  deviceTest(
    `${name} leaves a layer alone while it is frozen`,
    async (device) => {
      const results = [];
      for (const captured of [false, true]) {
        const model = network(device);
        const [body] = model.children();
        const optimizer = make(model);
        const data = batch(device, 0, BATCH);
        const run = () => {
          optimizer.zeroGrad();
          backward(model, data, 1);
          optimizer.step();
        };
        using replayed = capture(device, run);
        const step = captured ? replayed : run;
        const values = () =>
          Promise.all(
            model.parameters().map(({ tensor }) => tensor.data()),
          );
        for (let count = 0; count < 2; count++) step();
        const before = await values();
        body.requiresGrad_(false);
        for (let count = 0; count < 2; count++) step();
        const frozen = await values();
        assertEquals(frozen.slice(0, 2), before.slice(0, 2));
        for (const parameter of body.parameters()) {
          assertEquals(parameter.grad, null);
        }
        assertNotEquals(frozen[2], before[2]);
        body.requiresGrad_();
        for (let count = 0; count < 2; count++) step();
        const thawed = await values();
        assertNotEquals(thawed[0], frozen[0]);
        results.push(thawed, await optimizer.stateDict());
      }
      assertEquals(results.slice(2), results.slice(0, 2));
    },
  );
}
