import { blur } from "../../kernels/augment/blur.ts";
import { DRAWS_PER_ROW } from "../../kernels/augment/draws.ts";
import { drawNoise } from "../../kernels/augment/noise.ts";
import { warp } from "../../kernels/augment/warp.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../base/errors.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import type { Compose, ElasticTransform } from "../transforms/mod.ts";
import { upload } from "./_upload.ts";
import type { RandomGenerator } from "../core/random.ts";

/** Sizes of a batch of images. */
interface Sizes {
  batch: number;
  channels: number;
  height: number;
  width: number;
}

/**
 * The random transforms of a loader on its device: what an epoch needs is drawn
 * and uploaded at its start, and kernels apply it to every batch.
 */
export class Augmentation implements Disposable {
  readonly #device: Device;
  readonly #transform: Compose;
  readonly #rowShape: readonly [channels: number, ...size: [number, number]];
  readonly #rows: number;
  readonly #draws: Tensor;
  readonly #weights: Tensor | null;

  /**
   * Makes the memory of an epoch's draws.
   *
   * @param rows Rows of an epoch.
   */
  constructor(
    device: Device,
    transform: Compose,
    rowShape: readonly number[],
    rows: number,
  ) {
    this.#device = device;
    this.#transform = transform;
    this.#rowShape = imageShape(rowShape);
    this.#rows = rows;
    this.#draws = upload(
      device,
      new Float32Array(this.#rows * DRAWS_PER_ROW),
    );
    const { elastic } = transform;
    this.#weights = elastic === undefined
      ? null
      : upload(device, weightsOf(elastic, this.#rowShape));
  }

  /** Draws all that is random in an epoch. */
  startEpoch(generator: RandomGenerator): void {
    const [, height, width] = this.#rowShape;
    const size = { height, width };
    const draws = this.#transform.draw(generator, this.#rows, size);
    this.#device.write(this.#draws.buffer, draws);
  }

  /**
   * Changes and normalises a batch of images.
   *
   * @param images `[N, C, H, W]`, the rows of the epoch from `cursor[0]` on.
   * @param output Where the result goes, of the same shape.
   */
  apply(images: Tensor, cursor: Tensor<Shape, "i32">, output: Tensor): void {
    const [channels, height, width] = this.#rowShape;
    const sizes = { batch: images.shape[0], channels, height, width };
    const { erased, mean, std } = this.#transform;
    const displacements = this.#displacements(sizes, cursor);
    const operands = { x: images, draws: this.#draws, cursor, output };
    this.#device.run(
      warp,
      { ...operands, displacements },
      { ...sizes, erased, mean, std },
    );
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    this.#draws[Symbol.dispose]();
    this.#weights?.[Symbol.dispose]();
  }

  #displacements(
    { batch, height, width }: Sizes,
    cursor: Tensor<Shape, "i32">,
  ): Tensor | null {
    const { elastic } = this.#transform;
    const weights = this.#weights;
    if (elastic === undefined || weights === null) return null;
    const device = this.#device;
    const empty = () => Tensor.empty(device, [batch, 2, height, width]);
    const [noise, across, smooth] = [empty(), empty(), empty()];
    const draws = this.#draws;
    device.run(drawNoise, { draws, cursor, noise }, { batch, height, width });
    device.run(
      blur,
      { x: noise, weights, output: across },
      { outer: batch * 2 * height, size: width, inner: 1, factor: 1 },
    );
    const factor = elastic.alpha / 2;
    device.run(
      blur,
      { x: across, weights, output: smooth },
      { outer: batch * 2, size: height, inner: width, factor },
    );
    return smooth;
  }
}

function imageShape(
  rowShape: readonly number[],
): readonly [number, number, number] {
  const [channels, height, width] = rowShape;
  if (rowShape.length === 3) return [channels, height, width];
  throw new TypeError(describe({
    what: "DataLoader: transform",
    expected: "rows that are images, [channels, height, width]",
    got: `rows of shape [${rowShape.join(", ")}]`,
    help: "Leave out the random transforms, or give images.",
  }));
}

function weightsOf(
  elastic: ElasticTransform,
  [, height, width]: readonly number[],
): Float32Array {
  const weights = elastic.weights();
  const radius = (weights.length - 1) / 2;
  if (radius < Math.min(height, width)) return weights;
  throw new RangeError(describe({
    what: "ElasticTransform: sigma",
    expected: `a blur of less than ${Math.min(height, width)} pixels to a side`,
    got: `sigma ${elastic.sigma}, which reaches ${radius}`,
    help: "Give a smaller sigma.",
  }));
}
