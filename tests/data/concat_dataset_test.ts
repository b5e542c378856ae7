import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../src/base/errors.ts";
import {
  ConcatDataset,
  DataLoader,
  type Dataset,
  type ItemDataset,
  Subset,
  take,
  TensorDataset,
} from "../../src/data/mod.ts";
import type { Device } from "../../src/devices/device.ts";
import { deviceTest } from "../_devices.ts";

const two = new TensorDataset(new Uint8Array([10, 11, 20, 21]), [1, 2], {
  rowShape: [2],
  classes: 4,
});
const one = new TensorDataset(new Uint8Array([30, 31]), new Uint8Array([3]), {
  rowShape: [2],
  classes: 4,
});
const given: ItemDataset = {
  length: 1,
  rowShape: [2],
  classes: 4,
  get: () => [new Uint8Array([40, 41]), 0],
};

async function rowsOf(device: Device, dataset: Dataset) {
  using loader = new DataLoader(dataset, { device, batchSize: 9 });
  const [inputs, labels] = loader.first();
  return [[...await inputs.data()], [...await labels.data()]];
}

deviceTest("ConcatDataset has all rows in order", async (device) => {
  const arrays = new ConcatDataset([two, one]);
  assertEquals(arrays.arrays()?.inputs.data instanceof Uint8Array, true);
  assertEquals(
    await rowsOf(device, arrays),
    [[10, 11, 20, 21, 30, 31], [1, 2, 3]],
  );
  const mixed = new ConcatDataset([one, given, two]);
  assertEquals(mixed.arrays(), null);
  assertEquals(
    await rowsOf(device, mixed),
    [[30, 31, 40, 41, 10, 11, 20, 21], [3, 0, 1, 2]],
  );
  const part = new Subset(mixed, [3, 1]);
  assertEquals(part.arrays(), null);
  assertEquals(await rowsOf(device, part), [[20, 21, 40, 41], [2, 0]]);
  assertEquals(await rowsOf(device, take(mixed, 1)), [[30, 31], [3]]);
});

Deno.test("ConcatDataset prints as torchvision's data sets", () => {
  assertEquals(
    String(new ConcatDataset([two, one])),
    `Dataset ConcatDataset
    Number of datapoints: 3
    Shape of a row: [2]
    Classes: 4`,
  );
});

Deno.test("ConcatDataset refuses parts that differ, and none", () => {
  assertThrows(
    () => new ConcatDataset([two, { ...given, classes: 5 }]),
    ShapeError,
    'ConcatDataset: data set 1: expected rows and targets as in the first, {"rowShape":[2],"targetShape":[],"classes":4,"divisor":1}, got {"rowShape":[2],"targetShape":[],"classes":5,"divisor":1}. Help: ',
  );
  assertThrows(() => new ConcatDataset([]), RangeError, "number of data sets");
  assertThrows(
    () => new ConcatDataset([two]).get(2),
    RangeError,
    "ConcatDataset: index: expected an integer from 0 to 1, got 2",
  );
});
