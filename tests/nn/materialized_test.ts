import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  BatchNorm2d,
  Linear,
  Module,
  ModuleList,
  Parameter,
  ReLU,
  Sequential,
} from "../../src/nn/mod.ts";
import { mul } from "../../src/ops/mod.ts";

const unknown = (layer: string, model: string) =>
  `${layer}: used by ${model}, which does not know it: expected a field or ` +
  "list of the model, there before to(device), got one that to(device) did " +
  "not find. Help: Keep it in a public field, an array or a ModuleList: " +
  "`#private` fields, maps and closures are not searched.";

class Private extends Module {
  readonly known = new Linear(2, 2);
  readonly #hidden = new Linear(2, 2);
  override forward(x: Tensor): Tensor {
    return this.#hidden.forward(this.known.forward(x));
  }
}

class Gain extends Module {
  readonly gain = new Parameter([1, 2], (values) => values.fill(2));
  override forward(x: Tensor): Tensor {
    return mul(x, this.gain.tensor);
  }
}

class PrivateChain extends Module {
  readonly #hidden = new Sequential(new ReLU(), new Gain());
  override forward(x: Tensor): Tensor {
    return this.#hidden.forward(x);
  }
}

class PrivateParameter extends Module {
  readonly #gain = new Parameter([1, 2], (values) => values.fill(2));
  override forward(x: Tensor): Tensor {
    return mul(x, this.#gain.tensor);
  }
}

class PrivateBuffer extends Module {
  readonly #norms = new Map([["norm", new BatchNorm2d(1)]]);
  override forward(x: Tensor): Tensor {
    return this.#norms.get("norm")!.forward(x.reshape([1, 1, 1, 2]));
  }
}

class Late extends Module {
  readonly layers = new ModuleList<Linear>();
  override forward(x: Tensor): Tensor {
    return this.layers.at(0).forward(x);
  }
}

Deno.test("a layer that the model does not know says so", () => {
  using device = CpuDevice.open();
  using x = Tensor.from(device, [1, 2], [1, 2]);
  for (
    const [model, layer] of [
      [new Private(), "Linear"],
      [new Sequential(new ReLU(), new Private()), "Linear"],
      // The layer that the model holds, not the one inside that reads values.
      [new PrivateChain(), "Sequential"],
      [new PrivateParameter(), "parameter or buffer"],
      [new PrivateBuffer(), "BatchNorm2d"],
    ] as const
  ) {
    assertThrows(() => model.trace([1, 2]), TypeError, `${layer}: used by`);
    model.to(device);
    const owner = model instanceof Sequential
      ? "Private"
      : model.constructor.name;
    const message = unknown(layer, owner);
    const { message: got } = assertThrows(() => model.forward(x), TypeError);
    assertEquals(got, message);
    assertEquals(
      assertThrows(() => model.trace([1, 2]), TypeError).message,
      message,
    );
  }
});

Deno.test("a layer that is added after to(device) says so", () => {
  using device = CpuDevice.open();
  using x = Tensor.from(device, [1, 2], [1, 2]);
  const model = new Late().to(device);
  model.layers.append(new Linear(2, 2));
  assertEquals(
    assertThrows(() => model.forward(x), TypeError).message,
    unknown("Linear", "Late"),
  );
});

Deno.test("a model before to(device) says so", () => {
  using device = CpuDevice.open();
  using x = Tensor.from(device, [1, 2], [1, 2]);
  const expected = (name: string) =>
    `${name}: use before to(device): expected a model with memory on a ` +
    "device, got one that has only shapes. Help: Call `model.to(device)` " +
    "first, with every layer in a public field or list of the model.";
  for (
    const model of [
      new Linear(2, 2),
      new Private(),
      new Sequential(new ReLU(), new Linear(2, 2)),
    ]
  ) {
    assertEquals(
      assertThrows(() => model.forward(x), TypeError).message,
      expected(model.constructor.name),
    );
  }
  const { weight } = new Linear(2, 2);
  for (const read of [() => weight.tensor, () => weight.arena]) {
    assertEquals(
      assertThrows(read, TypeError).message,
      expected("parameter or buffer"),
    );
  }
});

Deno.test("an error leaves no layer behind that later errors name", () => {
  using device = CpuDevice.open();
  const model = new Private().to(device);
  using x = Tensor.from(device, [1, 2], [1, 2]);
  assertThrows(() => model.forward(x), TypeError, "used by Private");
  assertThrows(() => new Gain().forward(x), TypeError, "Gain: use before");
});
