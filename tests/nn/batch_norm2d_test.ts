import { assertEquals } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import {
  BatchNorm2d,
  Conv2d,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";

const layer = () => new BatchNorm2d(3);

/** With a kernel of its own, and composed of single ones. */
const block = (pooling: number) => () =>
  new Sequential(
    new Conv2d(3, 3, { kernelSize: 1 }),
    new BatchNorm2d(3),
    new ReLU(),
    new MaxPool2d(pooling),
  );

for (
  const [name, make] of [
    ["alone", layer],
    ["in a block", block(2)],
    ["in a block of another shape", block(3)],
  ] as const
) {
  deviceTest(`a batch normalisation ${name} counts batches`, async (device) => {
    const model = make().to(device, { seed: 0 });
    const counted = async () => {
      const state = await model.stateDict();
      const key = [...state.keys()].find((key) => key.endsWith("tracked"))!;
      return state.get(key)!;
    };
    const ones = new Float32Array(2 * 3 * 36).fill(1);
    using x = Tensor.from(device, ones, [2, 3, 6, 6]);
    using forward = capture(device, (x: Tensor) => model.forward(x));
    model.forward(x)[Symbol.dispose]();
    for (let count = 0; count < 3; count++) forward(x);
    model.eval();
    for (let count = 0; count < 2; count++) forward(x);
    model.train();
    forward(x);
    const data = BigInt64Array.of(5n);
    assertEquals(await counted(), { dtype: "I64", shape: [], data });
  });
}
