import { DRAWS_PER_ROW } from "../../kernels/augment/draws.ts";
import type { RandomGenerator } from "../core/random.ts";
import { describe } from "../base/errors.ts";
import { block, printAsText } from "../base/printing.ts";
import type { ImageSize } from "./_draw.ts";
import type { ElasticTransform } from "./elastic_transform.ts";
import type { Normalize } from "./normalize.ts";
import type { RandomAffine } from "./random_affine.ts";
import type { RandomErasing } from "./random_erasing.ts";
import type { ToTensor } from "./to_tensor.ts";

/** The transforms of a {@linkcode Compose}. */
export type Transform =
  | RandomAffine
  | ElasticTransform
  | ToTensor
  | Normalize
  | RandomErasing;

type Kind = Transform["kind"];

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
 * `Normalize` and `RandomErasing` in either order; each at most once.
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
  static {
    printAsText(this.prototype);
  }

  /** The transforms, in their order. */
  readonly transforms: readonly Transform[];
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
   * or in the wrong place.
   */
  constructor(transforms: readonly Transform[]) {
    checkOrder(transforms.map(({ kind }) => kind));
    this.transforms = [...transforms];
    const found = <K extends Kind>(kind: K) =>
      transforms.find((one) => one.kind === kind) as
        | Extract<Transform, { kind: K }>
        | undefined;
    this.#affine = found("random affine");
    this.elastic = found("elastic transform");
    this.#erasing = found("random erasing");
    const normalize = found("normalize");
    this.mean = normalize?.mean ?? 0;
    this.std = normalize?.std ?? 1;
    const value = this.#erasing?.value ?? 0;
    const last = transforms.at(-1)?.kind;
    this.erased = last === "normalize" ? (value - this.mean) / this.std : value;
  }

  /** A line for each transform, as torchvision prints it. */
  toString(): string {
    return `${block("Compose(", this.transforms.map(String))}\n)`;
  }

  /** Whether images change at random. */
  get isRandom(): boolean {
    return [this.#affine, this.elastic, this.#erasing].some((one) => one);
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

function checkOrder(kinds: readonly Kind[]): void {
  const sorted = kinds.every((kind, i) =>
    i === 0 || stages[kinds[i - 1]] <= stages[kind]
  );
  const once = new Set(kinds).size === kinds.length;
  if (sorted && once && kinds.includes("to tensor")) return;
  throw new TypeError(describe({
    what: "Compose: transforms",
    expected: "RandomAffine, ElasticTransform, ToTensor, then Normalize and " +
      "RandomErasing: each at most once, and ToTensor always",
    got: kinds.length === 0 ? "none" : kinds.join(", "),
    help: "Put them into this order, and add `new ToTensor()`.",
  }));
}
