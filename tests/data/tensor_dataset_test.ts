import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";
import { ShapeError } from "../../src/base/errors.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";

Deno.test("TensorDataset keeps arrays as they are", () => {
  const inputs = new Uint8Array(3 * 2 * 4);
  const labels = new Uint8Array([1, 0, 4]);
  const dataset = new TensorDataset(inputs, labels, {
    rowShape: [1, 2, 4],
    classes: 5,
    divisor: 255,
  });
  assertEquals(dataset.length, 3);
  assertStrictEquals(dataset.inputs.data, inputs);
  assertEquals(dataset.inputs.rowShape, [1, 2, 4]);
  assertEquals(dataset.inputs.divisor, 255);
  assertStrictEquals(dataset.targets.data, labels);
  assertEquals(dataset.targets.classes, 5);
});

Deno.test("TensorDataset takes plain labels, single numbers, and divides by 1", () => {
  const dataset = new TensorDataset(new Float32Array(2), [299, 0], {
    rowShape: [],
    classes: 300,
  });
  assertEquals(dataset.targets.data, new Int32Array([299, 0]));
  assertEquals(dataset.inputs.divisor, 1);
});

Deno.test("TensorDataset refuses rows that do not fit the labels", () => {
  const options = { rowShape: [2, 3], classes: 2 };
  assertThrows(
    () => new TensorDataset(new Float32Array(13), [0, 1], options),
    ShapeError,
    "TensorDataset: inputs and targets: expected numbers for 2 × [2, 3] and 2 × [], got 13 and 2. Help: ",
  );
  assertThrows(
    () => new TensorDataset(new Float32Array(0), [], options),
    ShapeError,
    "expected numbers for 1 × [2, 3] and 1 × [], got 0 and 0.",
  );
});

Deno.test("TensorDataset refuses labels out of range", () => {
  const options = { rowShape: [1], classes: 10 };
  for (const label of [-1, 10, 1.5, NaN]) {
    assertThrows(
      () => new TensorDataset(new Float32Array(2), [9, label], options),
      RangeError,
      `TensorDataset: label of row 1: expected an integer from 0 to 9, got ${label}. Help: `,
    );
  }
});

Deno.test("TensorDataset refuses options out of range", () => {
  const make = (options: object) => () =>
    new TensorDataset(new Float32Array(1), [0], {
      rowShape: [1],
      classes: 1,
      ...options,
    });
  assertThrows(
    make({ classes: 0 }),
    RangeError,
    "TensorDataset: classes: expected an integer of at least 1, got 0.",
  );
  assertThrows(
    make({ rowShape: [1, 0] }),
    RangeError,
    "shape of a data set's rows or targets: expected an array of positive whole numbers, got [1, 0].",
  );
  for (const divisor of [0, NaN]) {
    assertThrows(
      make({ divisor }),
      RangeError,
      `TensorDataset: divisor: expected a finite number other than 0, got ${divisor}.`,
    );
  }
});

Deno.test("TensorDataset has numbers of any shape as targets", () => {
  const numbers = new Float32Array([0.5, 1, -1, 2, 3, 4]);
  const inputs = new Float32Array([7, 8]);
  const options = { rowShape: [1], targetShape: [3] };
  const dataset = new TensorDataset(inputs, numbers, options);
  assertEquals(dataset.length, 2);
  assertStrictEquals(dataset.targets.data, numbers);
  assertEquals(dataset.targets.classes, undefined);
  const [row, target] = dataset.get(1);
  assertEquals(row, new Float32Array([8]));
  assertEquals(target, new Float32Array([2, 3, 4]));
  assertEquals(
    String(dataset),
    `Dataset TensorDataset
    Number of datapoints: 2
    Shape of a row: [1]
    Shape of a target: [3]`,
  );
  const plain = new TensorDataset(inputs, [1.5, 2], { rowShape: [1] });
  assertEquals(plain.targets.data, new Float32Array([1.5, 2]));
  assertThrows(
    () => new TensorDataset(inputs, new Float32Array(4), options),
    ShapeError,
    "expected numbers for 1 × [1] and 1 × [3], got 2 and 4.",
  );
  assertThrows(
    () => new TensorDataset(inputs, new Int32Array(2), { rowShape: [1] }),
    TypeError,
    "TensorDataset: targets without classes: expected numbers, in a",
  );
});

Deno.test("TensorDataset takes numbers in an array, and refuses what holds none", () => {
  const numbers = new TensorDataset([1, 2.5], [0, 1], {
    rowShape: [1],
    classes: 2,
  });
  assertEquals(numbers.inputs.data, new Float32Array([1, 2.5]));
  using device = CpuDevice.open();
  const tensor = Tensor.zeros(device, [2, 1]);
  assertThrows(
    () => new TensorDataset(tensor as never, [0, 1], { rowShape: [1] }),
    TypeError,
    "TensorDataset: inputs: expected numbers, in a Float32Array or an array, got a Tensor. Help: Of a tensor give `await x.data()`.",
  );
});

Deno.test("TensorDataset has labels of any shape", () => {
  const labels = [0, 1, 2, 2, 1, 0];
  const dataset = new TensorDataset(new Float32Array(2), labels, {
    ...{ rowShape: [1], targetShape: [3], classes: 3 },
  });
  assertEquals(dataset.length, 2);
  assertEquals(dataset.get(1), [
    new Float32Array([0]),
    new Int32Array([2, 1, 0]),
  ]);
});
