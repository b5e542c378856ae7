import { DRAWS_PER_ROW } from "../../kernels/augment/draws.ts";
import type { RandomGenerator } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { block, printAsText } from "../base/printing.ts";
import type { ImageSize } from "./_draw.ts";
import type { ElasticTransform } from "./elastic_transform.ts";
import type { Normalize } from "./normalize.ts";
import type { RandomAffine } from "./random_affine.ts";
import type { RandomErasing } from "./random_erasing.ts";
import type { ToTensor } from "./to_tensor.ts";

/**
 * A transform of your own: from a batch of inputs on the device, `[N, …row
 * shape]`, to another. A loader captures it, so that it must do nothing but call
 * operations. Single rows change on the host, in `get` of an `ItemDataset`.
 *
 * @example
 * ```ts
 * import { DataLoader, openDevice, TensorDataset } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const options = { rowShape: [2], classes: 2 };
 * const points = new TensorDataset(new Float32Array([1, 2]), [0], options);
 * using loader = new DataLoader(points, {
 *   device,
 *   transform: (x) => x.mul(2).sub(1),
 * });
 * const [inputs] = loader.first();
 * assertEquals(await inputs.data(), new Float32Array([1, 3]));
 * ```
 */
export type BatchTransform = (inputs: Tensor) => Tensor;

/** The transforms of a {@linkcode Compose}. */
export type Transform =
  | BatchTransform
  | RandomAffine
  | ElasticTransform
  | ToTensor
  | Normalize
  | RandomErasing;

type BuiltIn = Exclude<Transform, BatchTransform>;
type Kind = BuiltIn["kind"];

/** Stages of the way from pixels to a batch: none goes before an earlier one. */
const stages: Record<Kind, number> = {
  "random affine": 0,
  "elastic transform": 1,
  "to tensor": 2,
  "normalize": 3,
  "random erasing": 3,
};

/**
 * Transforms one after another, as torchvision's `Compose`: those that move
 * pixels, `RandomAffine` before `ElasticTransform`, then `ToTensor`, then
 * `Normalize` and `RandomErasing` in either order, each at most once; then
 * functions of your own.
 *
 * A `DataLoader` runs them on its device in one pass: images are sampled once,
 * however many transforms move pixels. What is random is drawn anew for every
 * image of every epoch, by the loader's seed.
 *
 * @example
 * ```ts
 * import { DataLoader, openDevice, TensorDataset, transforms } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const dataset = new TensorDataset(new Uint8Array(2 * 784), [0, 1], {
 *   rowShape: [1, 28, 28],
 *   classes: 2,
 *   divisor: 255,
 * });
 * const transform = new transforms.Compose([
 *   new transforms.RandomAffine({ degrees: 10, translate: [0.1, 0.1] }),
 *   new transforms.ToTensor(),
 *   new transforms.Normalize(0.1307, 0.3081),
 * ]);
 * using loader = new DataLoader(dataset, { device, batchSize: 2, transform });
 * for await (const [images] of loader) assertEquals(images.shape, [2, 1, 28, 28]);
 * ```
 */
export class Compose {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The transforms, in their order. */
  readonly transforms: readonly Transform[];
  readonly #functions: readonly BatchTransform[];
  /** Subtracted from pixels as numbers. */
  readonly mean: number;
  /** Divides them then. */
  readonly std: number;
  /** The value of erased pixels at the end. */
  readonly erased: number;
  /** The transform of its kind, if it is there. */
  readonly elastic: ElasticTransform | undefined;
  readonly #affine: RandomAffine | undefined;
  readonly #erasing: RandomErasing | undefined;

  /**
   * Checks and keeps the argument.
   *
   * @throws {TypeError} If `ToTensor` is missing, or a transform is there twice
   * or in the wrong place, or `RandomErasing` follows a `Normalize` of channels.
   */
  constructor(transforms: readonly Transform[]) {
    const own = transforms.findIndex(isFunction);
    const split = own < 0 ? transforms.length : own;
    const functions = transforms.slice(split);
    const builtIn = transforms.slice(0, split) as BuiltIn[];
    checkOrder(builtIn.map(({ kind }) => kind), functions);
    this.transforms = [...transforms];
    const found = <K extends Kind>(kind: K) =>
      builtIn.find((one) => one.kind === kind) as
        | Extract<BuiltIn, { kind: K }>
        | undefined;
    this.#affine = found("random affine");
    this.elastic = found("elastic transform");
    this.#erasing = found("random erasing");
    const normalize = found("normalize");
    const { mean = 0, std = 1 } = normalize ?? {};
    const isSame = typeof mean === "number" && typeof std === "number";
    // The device's pass over pixels has one mean for all; channels come after it.
    this.mean = isSame ? mean : 0;
    this.std = isSame ? std : 1;
    this.#functions = [
      ...isSame ? [] : [(x: Tensor) => normalize!.apply(x)],
      ...functions as BatchTransform[],
    ];
    const value = this.#erasing?.value ?? 0;
    const last = builtIn.at(-1)?.kind;
    if (!isSame && last === "random erasing") throw erasingLast();
    this.erased = last === "normalize" ? (value - this.mean) / this.std : value;
  }

  /** A line for each transform, as torchvision prints it. */
  toString(): string {
    return `${block("Compose(", this.transforms.map(textOf))}\n)`;
  }

  /** Whether images change at random. */
  get isRandom(): boolean {
    return [this.#affine, this.elastic, this.#erasing].some((one) => one);
  }

  /** Whether functions run on what the kernels have made of a batch. */
  get hasFunctions(): boolean {
    return this.#functions.length > 0;
  }

  /**
   * Runs those functions on a batch, which all else has changed already.
   *
   * @throws {ShapeError} If one gives another number of rows.
   */
  apply(inputs: Tensor): Tensor {
    return this.#functions.reduce((x, change) => {
      const changed = change(x);
      checkRows(change, inputs.shape[0], changed);
      return changed;
    }, inputs);
  }

  /**
   * Draws what the rows of an epoch need: `DRAWS_PER_ROW` numbers each, laid
   * out as the kernels read them.
   */
  draw(
    generator: RandomGenerator,
    rows: number,
    size: ImageSize,
  ): Float32Array {
    const draws = new Float32Array(rows * DRAWS_PER_ROW);
    for (let row = 0; row < rows; row++) {
      const matrix = this.#affine?.draw(generator, size) ?? [1, 0, 0, 0, 1, 0];
      const rectangle = this.#erasing?.draw(generator, size) ?? [0, 0, 0, 0];
      const seed = this.elastic === undefined ? 0 : generator.random() >>> 8;
      draws.set([...matrix, ...rectangle, seed], row * DRAWS_PER_ROW);
    }
    return draws;
  }
}

function isFunction(transform: Transform): transform is BatchTransform {
  return typeof transform === "function";
}

function textOf(transform: Transform): string {
  return isFunction(transform)
    ? `${transform.name || "function"}()`
    : String(transform);
}

function erasingLast(): TypeError {
  return new TypeError(describe({
    what: "Compose: transforms",
    expected: "RandomErasing before a Normalize with a mean for each channel",
    got: "RandomErasing after it",
    help: "Exchange them, or give one mean and std.",
  }));
}

function checkRows(change: BatchTransform, rows: number, got: Tensor): void {
  if (got.shape[0] === rows) return;
  throw new ShapeError(describe({
    what: `Compose: result of ${textOf(change)}`,
    expected: `a batch of ${rows} rows`,
    got: `[${got.shape.join(", ")}]`,
    help: "Change rows, not their number.",
  }));
}

function checkOrder(
  kinds: readonly Kind[],
  functions: readonly Transform[],
): void {
  const sorted = kinds.every((kind, i) =>
    i === 0 || stages[kinds[i - 1]] <= stages[kind]
  );
  const once = new Set(kinds).size === kinds.length;
  const areLast = functions.every(isFunction);
  if (sorted && once && areLast && kinds.includes("to tensor")) return;
  const names = functions.map((one) => isFunction(one) ? "function" : one.kind);
  const all = [...kinds, ...names];
  throw new TypeError(describe({
    what: "Compose: transforms",
    expected: "RandomAffine, ElasticTransform, ToTensor, then Normalize and " +
      "RandomErasing: each at most once, ToTensor always; then functions",
    got: all.length === 0 ? "none" : all.join(", "),
    help: "Put them into this order, and add `new ToTensor()`.",
  }));
}
