import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import { checkRange } from "./_draw.ts";

/** How strong and how smooth an {@linkcode ElasticTransform} is. */
export interface ElasticTransformOptions {
  /**
   * Strength: noise in [−1, 1), blurred, is multiplied by `alpha / 2` pixels.
   * Default 50.
   */
  alpha?: number;
  /** Smoothness: the deviation of the blur, in pixels. Default 5. */
  sigma?: number;
}

/**
 * Moves every pixel of every image a little, neighbours alike, as torchvision's
 * `ElasticTransform` with bilinear sampling (Simard, Steinkraus and Platt,
 * 2003). What comes from outside the image is 0.
 */
export class ElasticTransform {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Tells the transforms apart. */
  readonly kind = "elastic transform";
  /** Twice the pixels that blurred noise of 1 moves a pixel. */
  readonly alpha: number;
  /** Deviation of the blur, in pixels. */
  readonly sigma: number;

  /**
   * Checks and keeps the arguments.
   *
   * @throws {RangeError} If `alpha` is below 0, or `sigma` below 0.1.
   */
  constructor(options: ElasticTransformOptions = {}) {
    checkOptions("ElasticTransform", options, ["alpha", "sigma"]);
    const { alpha = 50, sigma = 5 } = options;
    checkRange("ElasticTransform: alpha", [0, alpha], [0, 1e6]);
    checkRange("ElasticTransform: sigma", [0.1, sigma], [0.1, 1e3]);
    this.alpha = alpha;
    this.sigma = sigma;
  }

  /** Its two arguments: `ElasticTransform(alpha=50, sigma=5)`. */
  toString(): string {
    return `ElasticTransform(alpha=${this.alpha}, sigma=${this.sigma})`;
  }

  /**
   * The weights of the blur: a Gaussian of `8 · sigma + 1` elements, or one
   * more where that is even; their sum is 1.
   */
  weights(): Float32Array {
    const radius = Math.floor(Math.floor(8 * this.sigma + 1) / 2);
    const gaussian = Float64Array.from(
      { length: 2 * radius + 1 },
      (_, tap) => Math.exp(-0.5 * ((tap - radius) / this.sigma) ** 2),
    );
    const sum = gaussian.reduce((total, value) => total + value, 0);
    return Float32Array.from(gaussian, (value) => value / sum);
  }
}
