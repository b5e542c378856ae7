import { checkOptions } from "../base/options.ts";
import type { RandomGenerator } from "../core/random.ts";
import { printAsText } from "../base/printing.ts";
import { checkRange, type ImageSize, type Range, uniform } from "./_draw.ts";

/** The options of a {@linkcode RandomErasing}. */
export interface RandomErasingOptions {
  /** Probability that an image has a part erased. Default 0.5. */
  p?: number;
  /** Shares of the image's area. Default 0.02 to 0.33. */
  scale?: Range;
  /** Height by width of the rectangle. Default 0.3 to 3.3. */
  ratio?: Range;
  /** The value of erased pixels. Default 0. */
  value?: number;
}

/** torchvision gives up after so many rectangles that do not fit. */
const attempts = 10;

/**
 * Erases a rectangle of some images, as torchvision's `RandomErasing` (Zhong et
 * al., 2017).
 */
export class RandomErasing {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Tells the transforms apart. */
  readonly kind = "random erasing";
  /** The value of erased pixels. */
  readonly value: number;
  readonly #p: number;
  readonly #scale: Range;
  readonly #ratio: Range;

  /**
   * Checks and keeps the arguments.
   *
   * @throws {RangeError} If a probability or share is not from 0 to 1, a ratio
   * not above 0, or a range upside down.
   */
  constructor(options: RandomErasingOptions = {}) {
    checkOptions("RandomErasing", options, ["p", "ratio", "scale", "value"]);
    const { p = 0.5, ratio = [0.3, 3.3], scale = [0.02, 0.33], value = 0 } =
      options;
    checkRange("RandomErasing: p", [0, p], [0, 1]);
    checkRange("RandomErasing: scale", scale, [0, 1]);
    checkRange("RandomErasing: ratio", ratio, [1e-3, 1e3]);
    checkRange("RandomErasing: value", [value, value], [-1e6, 1e6]);
    this.#p = p;
    this.#scale = scale;
    this.#ratio = ratio;
    this.value = value;
  }

  /** Probability and ranges, as torchvision prints them. */
  toString(): string {
    const scale = this.#scale.join(", ");
    const ratio = this.#ratio.join(", ");
    return `RandomErasing(p=${this.#p}, scale=(${scale}), ratio=(${ratio}), ` +
      `value=${this.value})`;
  }

  /**
   * Draws a rectangle for an image: first row, first column, and those after
   * the last; all 0 for none.
   */
  draw(generator: RandomGenerator, { height, width }: ImageSize): number[] {
    const none = [0, 0, 0, 0];
    if (uniform(generator, [0, 1]) >= this.#p) return none;
    const [least, largest] = this.#ratio.map(Math.log);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const area = height * width * uniform(generator, this.#scale);
      const ratio = Math.exp(uniform(generator, [least, largest]));
      const rows = Math.round(Math.sqrt(area * ratio));
      const columns = Math.round(Math.sqrt(area / ratio));
      if (rows >= height || columns >= width) continue;
      const start = (end: number) =>
        Math.floor(uniform(generator, [0, end + 1]));
      const top = start(height - rows);
      const left = start(width - columns);
      return [top, left, top + rows, left + columns];
    }
    return none;
  }
}
