import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import * as init from "../../src/nn/init.ts";
import {
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  Module,
  Parameter,
  Sequential,
} from "../../src/nn/mod.ts";
import { deviceTest } from "../_devices.ts";
import { Golden } from "../golden.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read");

const golden = await Golden.read("first_values");

type Values = Parameter | Tensor;
type Options = { generator?: RandomGenerator };

/** The calls of the golden file. */
const calls: Record<string, (x: Values, options: Options) => Values> = {
  "init.uniform(x)": (x, options) => init.uniform(x, 0, 1, options),
  "init.uniform(x, -2, 0.3)": (x, options) => init.uniform(x, -2, 0.3, options),
  "init.normal(x)": (x, options) => init.normal(x, 0, 1, options),
  "init.normal(x, 1.5, 0.02)": (x, options) =>
    init.normal(x, 1.5, 0.02, options),
  "init.constant(x, 0.1)": (x) => init.constant(x, 0.1),
  "init.zeros(x)": (x) => init.zeros(x),
  "init.ones(x)": (x) => init.ones(x),
  "init.xavierUniform(x)": (x, options) => init.xavierUniform(x, 1, options),
  "init.xavierUniform(x, init.calculateGain('tanh'))": (x, options) =>
    init.xavierUniform(x, init.calculateGain("tanh"), options),
  "init.xavierNormal(x)": (x, options) => init.xavierNormal(x, 1, options),
  "init.xavierNormal(x, 2)": (x, options) => init.xavierNormal(x, 2, options),
  "init.kaimingUniform(x)": (x, options) => init.kaimingUniform(x, options),
  "init.kaimingUniform(x, { a: 0.2, mode: 'fanOut' })": (x, options) =>
    init.kaimingUniform(x, { a: 0.2, mode: "fanOut", ...options }),
  "init.kaimingNormal(x, { nonlinearity: 'relu' })": (x, options) =>
    init.kaimingNormal(x, { nonlinearity: "relu", ...options }),
  "init.kaimingNormal(x, { mode: 'fanOut', nonlinearity: 'tanh' })": (
    x,
    options,
  ) =>
    init.kaimingNormal(x, {
      mode: "fanOut",
      nonlinearity: "tanh",
      ...options,
    }),
};

/** A model of a parameter alone. */
class Alone extends Module {
  constructor(readonly weight: Parameter) {
    super();
  }
  override forward() {}
}

Deno.test("every call of the golden file is made", () => {
  const known = [...golden.tensors.keys()].filter((name) =>
    name.startsWith("init.")
  );
  const made = Object.keys(calls).flatMap((call) =>
    ["small", "linear", "kernel"].map((shape) => `${call}.${shape}`)
  );
  assertEquals(made.toSorted(), known.toSorted());
});

deviceTest("init gives the numbers of torch.nn.init", async (device) => {
  for (const [call, run] of Object.entries(calls)) {
    for (const size of ["small", "linear", "kernel"]) {
      const { data, shape } = golden.tensor(`${call}.${size}`);
      const where = `${call} of [${shape}]`;
      const options = { generator: new RandomGenerator(3) };
      const parameter = new Parameter(shape, () => {});
      new Alone(parameter).to(device);
      assertEquals(run(parameter, options), parameter);
      assertEquals(await parameter.tensor.data(), data, where);
      // The same before the parameter has memory, and for a tensor.
      const early = new Parameter(shape, () => {});
      run(early, {});
      new Alone(early).to(device, { seed: 3 });
      assertEquals(await early.tensor.data(), data, `${where}, early`);
      using tensor = Tensor.empty(device, shape);
      run(tensor, { generator: new RandomGenerator(3) });
      assertEquals(await tensor.data(), data, `${where}, tensor`);
    }
  }
});

deviceTest(
  "a model that is initialised anew has PyTorch's numbers",
  async (device) => {
    const network = () =>
      new Sequential(
        new Conv2d(1, 3, { kernelSize: 3 }),
        new Dropout(),
        new Flatten(),
        new Linear(12, 5),
      );
    const initialise = (generator?: RandomGenerator) => (module: Module) => {
      if (module instanceof Conv2d) {
        const rule = { mode: "fanOut", nonlinearity: "relu" } as const;
        init.kaimingNormal(module.weight, { ...rule, generator });
        init.zeros(module.bias!);
      } else if (module instanceof Linear) {
        init.xavierUniform(module.weight, 1, { generator });
      }
    };
    const early = network().apply(initialise()).to(device, { seed: 4 });
    const generator = new RandomGenerator(4);
    const late = network().to(device, { generator }).apply(
      initialise(generator),
    );
    for (const model of [early, late]) {
      const state = await model.stateDict();
      assertEquals(
        Object.fromEntries(
          Array.from(state, ([name, { data }]) => [name, data]),
        ),
        Object.fromEntries(
          [...state.keys()].map((
            name,
          ) => [name, golden.tensor(`model.${name}`).data]),
        ),
      );
    }
  },
);

deviceTest(
  "without a generator each call draws other numbers",
  async (device) => {
    using x = Tensor.empty(device, [4, 4]);
    const drawn = new Set<string>();
    for (let i = 0; i < 3; i++) drawn.add(String(await init.normal(x).data()));
    assertEquals(drawn.size, 3);
  },
);

Deno.test("init refuses at once what does not fit", () => {
  const weight = new Parameter([2, 2], () => {});
  const bias = new Parameter([2], () => {});
  for (
    const run of [
      init.xavierUniform,
      init.xavierNormal,
      init.kaimingUniform,
      init.kaimingNormal,
    ]
  ) {
    assertThrows(
      () => run(bias),
      ShapeError,
      `init.${run.name}: expected two dimensions or more, [out, in, …], got ` +
        "shape [2]. Help: ",
    );
  }
  assertThrows(() => init.uniform(weight, 2, 1), RangeError, "from ≤ to");
  assertThrows(() => init.normal(weight, 0, -1), RangeError, "std ≥ 0");
  const untyped = init as unknown as Record<
    string,
    (...args: unknown[]) => void
  >;
  assertThrows(
    () => untyped.kaimingNormal(weight, { nonlinearity: "leaky_relu" }),
    TypeError,
    'got "leaky_relu". Help: Did you mean "leakyRelu"?',
  );
  assertThrows(
    () => untyped.kaimingNormal(weight, { mode: "fan_out" }),
    TypeError,
    'init.kaimingNormal: mode: expected "fanIn" or "fanOut", got "fan_out". ' +
      'Help: Did you mean "fanOut"?',
  );
  assertThrows(
    () => untyped.kaimingNormal(weight, { gain: 2 }),
    TypeError,
    "init.kaimingNormal: unknown option gain",
  );
  assertThrows(
    () => untyped.calculateGain("swish"),
    TypeError,
    "Help: Choose one of them.",
  );
  using device = CpuDevice.open();
  const counts = Tensor.from(device, new Int32Array(4), [2, 2]);
  assertThrows(
    () => untyped.ones(counts),
    TypeError,
    "init: expected f32 elements, got i32. Help: ",
  );
});
