import { assert } from "@std/assert";
import { Tape } from "../../src/core/tape.ts";
import { Tensor } from "../../src/core/tensor.ts";
import {
  div,
  exp,
  leakyRelu,
  log,
  relu,
  sigmoid,
  sum,
  tanh,
} from "../../src/ops/mod.ts";
import { deviceTest } from "../_devices.ts";

/** Values, what an operation makes of them, and its gradient, as in PyTorch. */
interface SpecialValues {
  readonly name: string;
  readonly run: (x: Tensor) => Tensor;
  readonly rows: readonly (readonly [x: number, y: number, gradient: number])[];
}

const table: readonly SpecialValues[] = [
  {
    name: "exp",
    run: exp,
    rows: [
      [-Infinity, 0, 0],
      [-200, 0, 0],
      [-0, 1, 1],
      [88, 1.6516362549940018e38, 1.6516362549940018e38],
      [100, Infinity, Infinity],
      [NaN, NaN, NaN],
    ],
  },
  {
    name: "log",
    run: log,
    rows: [
      [-1, NaN, -1],
      [0, -Infinity, Infinity],
      [1e-30, -69.07755278982137, 1e30],
      [1, 0, 1],
      [Infinity, Infinity, 0],
      [NaN, NaN, NaN],
    ],
  },
  {
    name: "sigmoid",
    run: sigmoid,
    rows: [
      [-Infinity, 0, 0],
      [-100, 0, 0],
      [-5, 0.006692850962281227, 0.006648056674748659],
      [-0, 0.5, 0.25],
      [5, 0.9933071732521057, 0.0066480329260230064],
      [100, 1, 0],
      [Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  },
  {
    name: "tanh",
    run: tanh,
    rows: [
      [-Infinity, -1, 0],
      [-50, -1, 0],
      [-1, -0.7615941559557649, 0.41997434161402614],
      [-1e-20, -1e-20, 1],
      [1e-4, 9.999999966666667e-5, 0.99999999],
      [0.049, 0.04896081330206512, 0.9976028387616],
      [0.051, 0.05095582864, 0.9974035036],
      [50, 1, 0],
      [Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  },
  {
    name: "relu",
    run: relu,
    rows: [
      [-Infinity, 0, 0],
      [-1e-38, 0, 0],
      [0, 0, 0],
      [1e-38, 1e-38, 1],
      [Infinity, Infinity, 1],
      [NaN, NaN, 1],
    ],
  },
  {
    name: "leakyRelu",
    run: leakyRelu,
    rows: [
      [-Infinity, -Infinity, 0.01],
      [-2, -0.02, 0.01],
      [0, 0, 0.01],
      [3, 3, 1],
      [Infinity, Infinity, 1],
      [NaN, NaN, 0.01],
    ],
  },
  {
    name: "div by it",
    run: (x) => div(1, x),
    rows: [
      [0, Infinity, -Infinity],
      [2, 0.5, -0.25],
      [Infinity, 0, 0],
      [NaN, NaN, NaN],
    ],
  },
  {
    name: "div by 0",
    run: (x) => div(x, 0),
    rows: [
      [-1, -Infinity, Infinity],
      [0, NaN, Infinity],
      [1, Infinity, Infinity],
    ],
  },
];

for (const { name, rows, run } of table) {
  deviceTest(`special values: ${name}`, async (device) => {
    const values = rows.map(([x]) => x);
    using x = Tensor.from(device, values, [rows.length], {
      requiresGrad: true,
    });
    {
      using tape = new Tape();
      tape.backward(sum(run(x)));
    }
    using output = run(x);
    const [y, gradient] = [await output.data(), await x.grad!.data()];
    rows.forEach(([value, expected, expectedGradient], i) => {
      assertSpecial(y[i], expected, `${name} of ${value}`);
      assertSpecial(gradient[i], expectedGradient, `gradient at ${value}`);
    });
  });
}

/** Within 3e-5 of the value; NaN and infinities must be the same. */
function assertSpecial(actual: number, expected: number, label: string): void {
  const isClose = Object.is(actual, expected) ||
    Math.abs(actual - expected) <= 1e-37 + 3e-5 * Math.abs(expected);
  assert(isClose, `${label}: expected ${expected}, got ${actual}`);
}
