import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { Dropout, Linear, Module, summary } from "../../src/nn/mod.ts";
import { sum } from "../../src/ops/mod.ts";
import { Adam, clipGradNorm, SGD } from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";

/** A layer that is there twice, and a parameter that two layers share. */
class Tied extends Module {
  readonly a = new Linear(2, 2);
  readonly b = this.a;
  readonly c = withWeight(new Linear(2, 2, { bias: false }), this.a);
  readonly drop = new Dropout(0.5);
  readonly list = [new Linear(2, 3), this.a, this.drop];

  override forward(x: Tensor): Tensor {
    return this.c.forward(this.b.forward(this.a.forward(x)));
  }
}

function withWeight(layer: Linear, { weight }: Linear): Linear {
  return Object.assign(layer, { weight });
}

// PyTorch 1.13 for the same model.
const stateNames = [
  ...["a.weight", "a.bias", "b.weight", "b.bias", "c.weight"],
  ...["list.0.weight", "list.0.bias", "list.1.weight", "list.1.bias"],
];
const moduleNames = ["", "a", "c", "drop", "list.0"];
const parameterNames = ["a.weight", "a.bias", "list.0.weight", "list.0.bias"];

Deno.test("what is tied counts once, by its first name", () => {
  const model = new Tied();
  const name = ([name]: [string, unknown]) => name;
  assertEquals(Array.from(model.namedModules(), name), moduleNames);
  assertEquals(
    Array.from(model.namedChildren(), name),
    moduleNames.slice(1),
  );
  assertEquals(Array.from(model.namedParameters(), name), parameterNames);
  assertEquals(model.parameters().length, 4);
  assertEquals(Array.from(model.namedBuffers(), name), ["drop.state"]);
});

Deno.test("a trace and a summary count tied parameters once", () => {
  const { layers, parameters } = new Tied().trace([5, 2]);
  assertEquals(
    layers.map(({ name, parameters }) => [name, parameters]),
    [["", 0], ["a", 6], ["a", 0], ["c", 0]],
  );
  assertEquals(parameters, 6);
  assert(summary(new Tied(), [5, 2]).includes("parameters: 6, 24 B"));
});

Deno.test("a tied module is printed by each of its names", () => {
  const lines = String(new Tied()).split("\n");
  const text = "Linear(in_features=2, out_features=2, bias=True)";
  assertEquals(lines[1], `  (a): ${text}`);
  assertEquals(lines[2], `  (b): ${text}`);
});

deviceTest("a state dictionary repeats what is tied", async (device) => {
  const model = new Tied().to(device, { seed: 0 });
  const state = await model.stateDict();
  assertEquals([...state.keys()], stateNames);
  assertEquals(state.get("c.weight"), state.get("a.weight"));
  const other = new Tied().to(device, { seed: 1 });
  const report = other.loadStateDict(state);
  assertEquals(String(report), "<All keys matched successfully>");
  assertEquals(await other.stateDict(), state);
});

deviceTest("tied parameters are drawn once", async (device) => {
  const tied = await new Tied().to(device, { seed: 3 }).stateDict();
  const alone = new Linear(2, 2).to(device, { seed: 3 });
  const { data } = (await alone.stateDict()).get("weight")!;
  assertEquals(tied.get("a.weight")!.data, data);
});

deviceTest("an optimizer moves a tied parameter once", async (device) => {
  const model = new Tied().to(device, { seed: 0 });
  const { bias } = model.a;
  using x = Tensor.from(device, [1, 2], [1, 2]);
  const given = [bias!, model.b.bias!];
  const optimizer = new SGD(given, { lr: 1 });
  assertEquals(optimizer.parameters, [bias!]);
  const before = await bias!.tensor.data();
  {
    using tape = new Tape();
    tape.backward(sum(model.a.forward(x)));
  }
  using norm = clipGradNorm(given, 1e6);
  assertEquals(await norm.item(), Math.fround(Math.SQRT2));
  optimizer.step();
  const after = await bias!.tensor.data();
  assertEquals(after, before.map((value) => value - 1));
  assertEquals(new Adam(model.parameters()).parameters.length, 4);
});

Deno.test("a model that is in itself is refused by name", () => {
  class Inner extends Module {
    constructor(readonly parent: Module) {
      super();
    }
    override forward() {}
  }
  class Outer extends Module {
    readonly inner = new Inner(this);
    override forward() {}
  }
  assertThrows(
    () => new Outer().parameters(),
    TypeError,
    "model: inner.parent: expected a module that is not in itself, got the " +
      "Outer that it is in. Help: ",
  );
});
