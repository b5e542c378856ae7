import { describe, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { Tensor } from "../core/tensor.ts";
import { div } from "../ops/div.ts";
import { sub } from "../ops/sub.ts";

/**
 * `(value − mean) / std`, the same for all channels or for each its own, as
 * torchvision's `Normalize`.
 *
 * @example
 * ```ts
 * import { DataLoader, openDevice, TensorDataset, transforms } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const options = { rowShape: [3, 1, 1], classes: 2, divisor: 255 };
 * const colours = new TensorDataset(Uint8Array.of(0, 255, 255), [0], options);
 * const transform = new transforms.Compose([
 *   new transforms.ToTensor(),
 *   new transforms.Normalize([0.5, 0.5, 0.75], [0.5, 0.25, 0.25]),
 * ]);
 * using loader = new DataLoader(colours, { device, transform });
 * const [images] = loader.first();
 * assertEquals(await images.data(), new Float32Array([-1, 2, 1]));
 * ```
 */
export class Normalize {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Tells the transforms apart. */
  readonly kind = "normalize";
  /** Subtracted first: a number, or one for each channel. */
  readonly mean: number | readonly number[];
  /** Divides then. */
  readonly std: number | readonly number[];

  /**
   * Checks and keeps the arguments.
   *
   * @param mean Subtracted first: 0.1307 for MNIST; an array has a number for
   * each channel.
   * @param std Divides then: 0.3081 for MNIST.
   * @throws {RangeError} If one is not finite, a `std` is not above 0, or there
   * are not as many of both.
   */
  constructor(
    mean: number | readonly number[],
    std: number | readonly number[],
  ) {
    const [means, stds] = [[mean].flat(), [std].flat()];
    const areNumbers = [...means, ...stds].every(Number.isFinite) &&
      stds.every((value) => value > 0);
    if (!areNumbers || means.length !== stds.length || means.length === 0) {
      throw new RangeError(describe({
        what: "Normalize: mean and std",
        expected: "finite numbers, std above 0; or as many of both as channels",
        got: `${textOf(mean)} and ${textOf(std)}`,
        help: "Give those of the training data: 0.1307, 0.3081 for MNIST.",
      }));
    }
    this.mean = means.length === 1 ? means[0] : means;
    this.std = stds.length === 1 ? stds[0] : stds;
  }

  /**
   * Normalises each channel of a batch `[N, C, …]`.
   *
   * @throws {ShapeError} If there are more or fewer channels than numbers.
   */
  apply(inputs: Tensor): Tensor {
    const { device, shape } = inputs;
    if (typeof this.mean === "number" && typeof this.std === "number") {
      return div(sub(inputs, this.mean), this.std);
    }
    const [means, stds] = [[this.mean].flat(), [this.std].flat()];
    if (means.length !== shape[1]) {
      throw new ShapeError(describe({
        what: `${this}: inputs`,
        expected: `${means.length} channels`,
        got: `[${shape.join(", ")}]`,
        help: "Give a mean and a std for each channel, or one for all.",
      }));
    }
    const size = [means.length, ...shape.slice(2).map(() => 1)];
    const mean = Tensor.from(device, means, size);
    return div(sub(inputs, mean), Tensor.from(device, stds, size));
  }

  /** As torchvision prints it: `Normalize(mean=0.1307, std=0.3081)`. */
  toString(): string {
    return `Normalize(mean=${textOf(this.mean)}, std=${textOf(this.std)})`;
  }
}

function textOf(value: number | readonly number[]): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}
