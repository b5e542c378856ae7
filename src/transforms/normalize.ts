import { describe } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";

/**
 * `(value − mean) / std`, the same for all channels, as torchvision's
 * `Normalize`.
 */
export class Normalize {
  static {
    printAsText(this.prototype);
  }

  /** Tells the transforms apart. */
  readonly kind = "normalize";
  /** Subtracted first. */
  readonly mean: number;
  /** Divides then. */
  readonly std: number;

  /**
   * Checks and keeps the arguments.
   *
   * @param mean Subtracted first: 0.1307 for MNIST.
   * @param std Divides then: 0.3081 for MNIST.
   * @throws {RangeError} If either is not finite, or `std` is not above 0.
   */
  constructor(mean: number, std: number) {
    if (!Number.isFinite(mean) || !Number.isFinite(std) || std <= 0) {
      throw new RangeError(describe({
        what: "Normalize: mean and std",
        expected: "finite numbers, std above 0",
        got: `${mean} and ${std}`,
        help: "Give those of the training data: 0.1307, 0.3081 for MNIST.",
      }));
    }
    this.mean = mean;
    this.std = std;
  }

  /** As torchvision prints it: `Normalize(mean=0.1307, std=0.3081)`. */
  toString(): string {
    return `Normalize(mean=${this.mean}, std=${this.std})`;
  }
}
