import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../src/core/tensor.ts";
import {
  BatchNorm2d,
  Linear,
  Module,
  ModuleBuffer,
  ModuleList,
  Parameter,
  ReLU,
} from "../../src/nn/mod.ts";
import { mul } from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

class Tower extends Module {
  readonly layers = new ModuleList<Linear | ReLU>([
    new Linear(2, 3),
    new ReLU(),
    new Linear(3, 2),
  ]);
  override forward(x: Tensor): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.forward(y);
    return y;
  }
}

/** The same in a plain array. */
class Plain extends Module {
  readonly layers = [new Linear(2, 3), new ReLU(), new Linear(3, 2)];
  override forward(x: Tensor): Tensor {
    return this.layers.reduce((y, layer) => layer.forward(y), x);
  }
}

const names = [
  ...["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"],
];

deviceTest("modules in lists belong to the model", async (device) => {
  const outputs: Float32Array[] = [];
  for (const model of [new Tower(), new Plain()]) {
    model.to(device, { seed: 0 });
    assertEquals([...(await model.stateDict()).keys()], names);
    assertEquals(model.parameters().length, 4);
    assertEquals(model.trace([5, 2]).parameters, 9 + 8);
    model.eval();
    assertEquals(
      [...model.namedModules()].map(([, part]) => part.training),
      [...model.namedModules()].map(() => false),
    );
    using x = Tensor.from(device, [1, 2], [1, 2]);
    outputs.push(await model.forward(x).data());
  }
  assertEquals(outputs[0], outputs[1]);
});

Deno.test("a list prints as PyTorch's", () => {
  // print(model) in PyTorch 1.13.
  assertEquals(
    String(new Tower()),
    `Tower(
  (layers): ModuleList(
    (0): Linear(in_features=2, out_features=3, bias=True)
    (1): ReLU()
    (2): Linear(in_features=3, out_features=2, bias=True)
  )
)`,
  );
  assertEquals(String(new ModuleList()), "ModuleList()");
  assertEquals(
    [...new Plain().namedModules()].map(([name]) => name),
    ["", "layers.0", "layers.1", "layers.2"],
  );
});

Deno.test("a list grows as PyTorch's", () => {
  const list = new ModuleList<Module>([new ReLU()]);
  const [linear, norm, last] = [
    new Linear(1, 1),
    new BatchNorm2d(1),
    new ReLU(),
  ];
  list.insert(0, linear).append(norm).extend([last]);
  assertEquals(list.length, 4);
  assertEquals(
    [...list].map(({ constructor }) => constructor.name),
    ["Linear", "ReLU", "BatchNorm2d", "ReLU"],
  );
  assertEquals([list.at(0), list.at(-1), list.at(-4)], [linear, last, linear]);
  for (const index of [4, -5, 0.5]) {
    assertThrows(
      () => list.at(index),
      RangeError,
      `ModuleList: index: expected a whole number from -4 to 3, got ${index}. Help: `,
    );
  }
  assertThrows(() => new ModuleList().at(0), RangeError, "a list with modules");
  assertThrows(
    () => list.forward(),
    TypeError,
    "ModuleList: forward: expected a call of the modules in the list, got a call of the list. Help: ",
  );
});

class Lists extends Module {
  readonly gains = [new Parameter([2], (values) => values.fill(2))];
  readonly nested = [[new Linear(1, 1)], [] as Linear[], [new Linear(1, 2)]];
  readonly lists = [new ModuleList([new Linear(2, 1)])];
  readonly counts = [new ModuleBuffer("i32", new Int32Array(1))];
  readonly history = [1, "two", null, { three: 3 }];
  override forward(x: Tensor): Tensor {
    return mul(x, this.gains[0].tensor);
  }
}

deviceTest("parameters, buffers and lists in arrays count", async (device) => {
  const model = new Lists().to(device, { seed: 0 });
  assertEquals([...(await model.stateDict()).keys()], [
    "gains.0",
    "counts.0",
    ...["nested.0.0.weight", "nested.0.0.bias"],
    ...["nested.2.0.weight", "nested.2.0.bias"],
    ...["lists.0.0.weight", "lists.0.0.bias"],
  ]);
  using x = Tensor.from(device, [3, 4], [2]);
  assertEquals(await model.forward(x).data(), new Float32Array([6, 8]));
});
