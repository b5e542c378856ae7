import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { StateDictError } from "../../src/base/errors.ts";
import { capture } from "../../src/core/capture.ts";
import { Linear } from "../../src/nn/linear.ts";
import { ExponentialMovingAverage } from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { Values } from "./_values.ts";

const golden = await Golden.read("optim");

for (const decay of ["0.9", "0.25"]) {
  deviceTest(`averages of decay ${decay} are PyTorch's`, async (device) => {
    const values = Float32Array.from(golden.numbers("ema.values"));
    const expected = golden.numbers(`ema.${decay}`);
    const { all } = new Values(new Float32Array(7), [1, 2]).to(device);
    const [eager, replayed] = [0, 1].map(() =>
      new ExponentialMovingAverage(all, { decay: Number(decay) })
    );
    using captured = capture(device, () => replayed.update());
    for (let start = 0; start < values.length; start += 7) {
      const own = values.slice(start, start + 7);
      device.write(all[0].tensor.buffer, own);
      eager.update();
      captured();
      eager.swap();
      const averages = await all[0].tensor.data();
      eager.swap();
      // Worst measured: 1.2e-7 absolute.
      const tolerance = { atol: 2e-7, rtol: 0 };
      const label = `step ${start / 7}`;
      assertClose(averages, expected.slice(start, start + 7), tolerance, label);
      assertEquals(await replayed.stateDict(), await eager.stateDict());
      assertEquals(await all[0].tensor.data(), own);
    }
    eager.copyTo();
    const averages = (await eager.stateDict()).get("0.average")!.data;
    assertEquals(await all[0].tensor.data(), averages as Float32Array);
  }, ["read"]);
}

deviceTest("averages begin with the parameters' values", async (device) => {
  const { all } = new Values([1, 2], [3]).to(device);
  const ema = new ExponentialMovingAverage(all);
  assertEquals(
    String(ema),
    "ExponentialMovingAverage(decay=0.999, 2 parameters)",
  );
  device.write(all[0].tensor.buffer, Float32Array.of(5, 6));
  ema.copyTo();
  assertEquals(await all[0].tensor.data(), Float32Array.of(1, 2));
});

deviceTest("averages of some parameters leave the others", async (device) => {
  const { all } = new Values([1], [2], [4], [8]).to(device);
  const ema = new ExponentialMovingAverage([all[0], all[2], all[3]], {
    decay: 0.5,
  });
  ema.update();
  for (const { tensor } of all) {
    device.write(tensor.buffer, Float32Array.of(0));
  }
  ema.update();
  ema.swap();
  const values = all.map(({ tensor }) => tensor.item());
  assertEquals(await Promise.all(values), [0.5, 0, 2, 4]);
});

deviceTest("the state of averages goes to others", async (device) => {
  const { all } = new Values([1, 2], [3]).to(device);
  const [source, target] = [0, 1].map(() =>
    new ExponentialMovingAverage(all, { decay: 0.5 })
  );
  source.update();
  device.write(all[0].tensor.buffer, Float32Array.of(5, 6));
  source.update();
  target.loadStateDict(await source.stateDict());
  for (const ema of [source, target]) ema.update();
  assertEquals(await target.stateDict(), await source.stateDict());
  const wrong = new Map([...await source.stateDict()].slice(1));
  assertThrows(() => target.loadStateDict(wrong), StateDictError, "missing");
});

deviceTest(
  "averages in the parameters' place are not updated",
  async (device) => {
    const { all } = new Values([1]).to(device);
    const ema = new ExponentialMovingAverage(all);
    using update = capture(device, () => ema.update());
    update();
    ema.swap();
    assertEquals(ema.isSwapped, true);
    for (const wrong of [update, () => ema.update(), () => ema.copyTo()]) {
      assertThrows(wrong, TypeError, "got ones that have the averages");
    }
    const state = ema.stateDict();
    await assertRejects(
      () => state,
      TypeError,
      "got ones that have the averages",
    );
    ema.swap();
    update();
  },
);

deviceTest("a captured function may swap", async (device) => {
  const { all } = new Values([1]).to(device);
  const ema = new ExponentialMovingAverage(all);
  device.write(all[0].tensor.buffer, Float32Array.of(2));
  using swap = capture(device, () => ema.swap());
  for (const [value, isSwapped] of [[1, true], [2, false], [1, true]]) {
    swap();
    assertEquals(await all[0].tensor.item(), value);
    assertEquals(ema.isSwapped, isSwapped);
  }
});

deviceTest("a wrong average is refused", (device) => {
  const { all } = new Values([1]).to(device);
  assertThrows(
    () => new ExponentialMovingAverage(all, { decay: 1 }),
    RangeError,
    "decay: expected a number from 0 to below 1, got 1",
  );
  assertThrows(
    () => new ExponentialMovingAverage(all, { Decay: 1 } as object),
    TypeError,
    "did you mean decay?",
  );
  assertThrows(() => new ExponentialMovingAverage([]), TypeError, "empty list");
});

deviceTest(
  "what an average held is used again once it is disposed",
  (device) => {
    const parameters = new Linear(7, 11).to(device).parameters();
    const open = () => new ExponentialMovingAverage(parameters);
    open()[Symbol.dispose]();
    const { allocations } = device.counters;
    open()[Symbol.dispose]();
    assertEquals(device.counters.allocations, allocations);
  },
);
