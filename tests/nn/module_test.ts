import { assertEquals, assertThrows } from "@std/assert";
import { StateDictError } from "../../src/base/errors.ts";
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Identity,
  Linear,
  Module,
  Sequential,
} from "../../src/nn/mod.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { deviceTest } from "../_devices.ts";

class Network extends Module {
  features = new Sequential(
    new Conv2d(1, 2, { kernelSize: 3, bias: false }),
    new BatchNorm2d(2),
  );
  head = new Linear(2, 3);
  override forward(x: Tensor): Tensor {
    return this.head.forward(this.features.forward(x).flatten(1));
  }
}

const names = [
  "features.0.weight",
  "features.1.weight",
  "features.1.bias",
  "features.1.running_mean",
  "features.1.running_var",
  "features.1.num_batches_tracked",
  "head.weight",
  "head.bias",
];

deviceTest(
  "a state dictionary has PyTorch's names, in its order",
  async (device) => {
    const model = new Network().to(device, { seed: 1 });
    const state = await model.stateDict();
    assertEquals([...state.keys()], names);
    assertEquals(state.get("features.1.num_batches_tracked")!.dtype, "I64");
    assertEquals(state.get("features.1.num_batches_tracked")!.shape, []);
    const parameters = [...model.namedParameters()].map(([name]) => name);
    assertEquals(
      parameters,
      names.filter((name) => !/running|num_/.test(name)),
    );
    const other = new Network().to(device, { seed: 2 });
    const report = other.loadStateDict(state);
    assertEquals(String(report), "<All keys matched successfully>");
    assertEquals(await other.stateDict(), state);
  },
);

deviceTest(
  "what does not fit is named, and nothing is taken over",
  async (device) => {
    const model = new Network().to(device, { seed: 1 });
    const before = await model.stateDict();
    const wrong = await new Network().to(device, { seed: 2 }).stateDict();
    wrong.delete("head.bias");
    wrong.set("tail.bias", {
      dtype: "F32",
      shape: [1],
      data: new Float32Array(1),
    });
    const error = assertThrows(
      () => model.loadStateDict(wrong),
      StateDictError,
    );
    assertEquals(
      error.message,
      "Error(s) in loading state_dict for Network: " +
        'Missing key(s) in state_dict: "head.bias". ' +
        'Unexpected key(s) in state_dict: "tail.bias". ' +
        "Help: Load weights that were saved from the same network.",
    );
    const short = new Map(before);
    short.set("head.bias", {
      dtype: "F32",
      shape: [4],
      data: new Float32Array(4),
    });
    for (const strict of [true, false]) {
      assertThrows(
        () => model.loadStateDict(short, { strict }),
        StateDictError,
        "size mismatch for head.bias: copying a param with shape " +
          "torch.Size([4]) from checkpoint, the shape in current model is " +
          "torch.Size([3]).",
      );
    }
    assertEquals(await model.stateDict(), before);
  },
);

deviceTest("not strict, what is there is taken over", async (device) => {
  const model = new Network().to(device, { seed: 1 });
  const state = await new Network().to(device, { seed: 2 }).stateDict();
  const bias = (await model.stateDict()).get("head.bias")!;
  const weight = state.get("head.weight")!;
  const partial = new Map([["head.weight", weight], ["tail", weight]]);
  const report = model.loadStateDict(partial, { strict: false });
  assertEquals(report.unexpectedKeys, ["tail"]);
  // PyTorch adds a counter where a dictionary has none.
  const expected = names.filter((name) =>
    !/^head.weight$|num_batches_tracked$/.test(name)
  );
  assertEquals(report.missingKeys, expected);
  assertEquals(
    String(
      new Network().to(device).loadStateDict(
        new Map([...state, ["tail", weight]]),
        { strict: false },
      ),
    ),
    "_IncompatibleKeys(missing_keys=[], unexpected_keys=['tail'])",
  );
  const now = await model.stateDict();
  assertEquals(now.get("head.weight"), weight);
  assertEquals(now.get("head.bias"), bias);
});

Deno.test("train and eval reach all modules", () => {
  const model = new Network();
  const modes = () =>
    [...model.namedModules()].map(([, part]) => part.training);
  assertEquals(modes(), [true, true, true, true, true]);
  assertEquals(model.eval(), model);
  assertEquals(modes(), [false, false, false, false, false]);
  model.features.train();
  assertEquals(modes(), [false, true, true, true, false]);
});

Deno.test("children(), modules() and apply() go through a model as PyTorch does", () => {
  const model = new Network();
  const { features, head } = model;
  const layers = features.children();
  assertEquals(model.children(), [features, head]);
  assertEquals(model.modules(), [model, features, ...layers, head]);
  const applied: Module[] = [];
  assertEquals(model.apply((module) => void applied.push(module)), model);
  assertEquals(applied, [...layers, features, head, model]);
});

deviceTest("Identity gives what it takes", async (device) => {
  const layer = new Identity().to(device);
  using x = Tensor.from(device, [1, 2], [2]);
  assertEquals(layer.forward(x), x);
  assertEquals(String(layer), "Identity()");
  using y = new Sequential(layer, new Linear(2, 1)).to(device).forward(
    x.reshape([1, 2]),
  );
  assertEquals((await y.data()).length, 1);
});

Deno.test("Linear and Dropout take PyTorch's arguments", () => {
  assertEquals(new Linear(2, 3).bias?.shape, [3]);
  assertEquals(new Linear(2, 3, true).bias?.shape, [3]);
  assertEquals(new Linear(2, 3, false).bias, null);
  assertEquals(new Linear(2, 3, { bias: false }).bias, null);
  assertThrows(
    () => new Linear(2, 3, { biases: false } as object),
    TypeError,
    "Linear: unknown option biases, did you mean bias?",
  );
  new Dropout(1);
  for (const probability of [1.5, -0.1, NaN, { p: 0.5 } as unknown as number]) {
    assertThrows(
      () => new Dropout(probability),
      RangeError,
      "Dropout: probability: expected 0 ≤ probability ≤ 1, got",
    );
  }
});
