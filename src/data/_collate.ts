import { DataError, describe, ShapeError } from "../base/errors.ts";
import { elementsOf } from "../core/tensor.ts";
import { checkLabels } from "./_checks.ts";
import type { DatasetItem, ItemDataset, ItemValues } from "./dataset.ts";
import type { Layout } from "./layout.ts";

/** The rows of a batch on the host. */
export interface HostRows {
  readonly inputs: Uint8Array | Float32Array;
  readonly targets: Int32Array | Float32Array;
}

/** Items with their indices. */
export interface FetchedItems {
  readonly indices: readonly number[];
  readonly items: readonly DatasetItem[];
}

/**
 * The items of some indices.
 *
 * @throws {DataError} If the data set has none for one of them; names it.
 */
export async function fetchItems(
  dataset: ItemDataset,
  indices: readonly number[],
): Promise<FetchedItems> {
  const items = indices.map(async (index) => {
    try {
      return await dataset.get(index);
    } catch (error) {
      throw failureOf(index, error);
    }
  });
  return { indices, items: await Promise.all(items) };
}

/**
 * The same at once.
 *
 * @throws {TypeError} If the data set gives promises.
 */
export function fetchItemsNow(
  dataset: ItemDataset,
  indices: readonly number[],
): FetchedItems {
  const items = indices.map((index) => {
    let item;
    try {
      item = dataset.get(index);
    } catch (error) {
      throw failureOf(index, error);
    }
    if (!(item instanceof Promise)) return item;
    item.catch(() => {}); // The error below tells what is wrong.
    throw new TypeError(describe({
      what: `DataLoader: item ${index}`,
      expected: "an item at once",
      got: "a promise",
      help: "Loop with `for await`.",
    }));
  });
  return { indices, items };
}

/**
 * Lays the items of a batch one after another.
 *
 * @param asBytes Whether inputs are u8, as the first one was.
 * @throws {ShapeError} If an item has more or fewer numbers than its shape says.
 * @throws {RangeError} If a label is none of the classes.
 * @throws {TypeError} If there is no item, or inputs are bytes and this is none.
 */
export function collate(
  { indices, items }: FetchedItems,
  layout: Layout,
  asBytes: boolean,
): HostRows {
  const { classes } = layout;
  const [rowLength, targetLength] = [layout.rowShape, layout.targetShape]
    .map(elementsOf);
  const Inputs = asBytes ? Uint8Array : Float32Array;
  const Targets = classes === undefined ? Float32Array : Int32Array;
  const inputs = new Inputs(items.length * rowLength);
  const targets = new Targets(items.length * targetLength);
  for (const [place, item] of items.entries()) {
    const index = indices[place];
    const [input, target] = partsOf(item, index);
    const row = numbersOf(input, layout.rowShape, `input of item ${index}`);
    if (asBytes && !isBytes(input)) throw notBytes(index);
    const what = `target of item ${index}`;
    const answer = numbersOf(target, layout.targetShape, what);
    if (classes !== undefined) {
      checkLabels(`data set: ${what}`, answer, classes);
    }
    inputs.set(row, place * rowLength);
    targets.set(answer, place * targetLength);
  }
  return { inputs, targets };
}

/** Whether inputs are bytes, which are uploaded as such. */
export function isBytes(values: ItemValues): boolean {
  return values instanceof Uint8Array || values instanceof Uint8ClampedArray;
}

/** The input and the target of an item. */
export function partsOf(item: DatasetItem, index: number): DatasetItem {
  if (Array.isArray(item) && item.length === 2) return item as never;
  throw new TypeError(describe({
    what: `data set: item ${index}`,
    expected: "[input, target]",
    got: Array.isArray(item) ? `${item.length} values` : String(item),
    help: "Return both from `get`.",
  }));
}

function numbersOf(
  values: ItemValues,
  shape: readonly number[],
  what: string,
): ArrayLike<number> {
  const numbers = typeof values === "number" ? [values] : values;
  const expected = elementsOf(shape);
  const fits = numbers?.length === expected;
  if (fits && areNumbers(numbers)) return numbers;
  throw new ShapeError(describe({
    what: `data set: ${what}`,
    expected: `${expected} numbers, of shape [${shape.join(", ")}]`,
    got: String(fits ? numbers : numbers?.length ?? numbers),
    help: "State the shape in the data set. Of a tensor give `await x.data()`.",
  }));
}

function areNumbers(values: ArrayLike<number>): boolean {
  return ArrayBuffer.isView(values) ||
    Array.from(values).every((value) => typeof value === "number");
}

function failureOf(index: number, error: unknown): DataError {
  const reason = error instanceof Error ? error.message : String(error);
  const line = describe({
    what: `data set: item ${index}`,
    expected: "an item",
    got: `an error: ${reason}`,
    help: "Mend the data set's `get` for this index.",
  });
  return new DataError(line, { cause: error });
}

function notBytes(index: number): TypeError {
  return new TypeError(describe({
    what: `data set: input of item ${index}`,
    expected: "a Uint8Array, as the first input was",
    got: "other numbers",
    help: "Give bytes for all rows or for none.",
  }));
}
