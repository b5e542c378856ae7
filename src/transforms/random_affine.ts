import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import type { RandomGenerator } from "../core/random.ts";
import { describe } from "../base/errors.ts";
import { checkRange, type ImageSize, type Range, uniform } from "./_draw.ts";

/** Between what a {@linkcode RandomAffine} draws. */
export interface RandomAffineOptions {
  /** Degrees of rotation, clockwise; a number is from `−degrees` to it. */
  degrees?: number | Range;
  /**
   * Largest shift, to either side, as shares of width and height. The shift is
   * whole pixels. Default none.
   */
  translate?: readonly [x: number, y: number];
  /** Factors of size. Default 1. */
  scale?: Range;
  /**
   * Degrees of shear along x; four numbers give those along y too; a number is
   * from `−shear` to it. Default none.
   */
  shear?: number | Range | readonly [...Range, ...Range];
}

/** The random numbers of an image. */
export interface AffineMap {
  /** Degrees. */
  angle: number;
  /** Pixels along x and y. */
  translate: readonly [x: number, y: number];
  /** Factor of size. */
  scale: number;
  /** Degrees along x and y. */
  shear: readonly [x: number, y: number];
}

/**
 * Rotates, shifts, scales and shears every image about its centre, each time
 * anew, as torchvision's `RandomAffine` with bilinear sampling; what comes from
 * outside the image is 0.
 *
 * @example
 * ```ts
 * import { transforms } from "@x/mnist-cnn";
 *
 * new transforms.RandomAffine({ degrees: 10, translate: [0.1, 0.1], scale: [0.9, 1.1] });
 * ```
 */
export class RandomAffine {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Tells the transforms apart. */
  readonly kind = "random affine";
  readonly #degrees: Range;
  readonly #translate: readonly [x: number, y: number];
  readonly #scale: Range;
  readonly #shear: readonly [x: Range, y: Range];

  /**
   * Checks and keeps the arguments.
   *
   * @throws {RangeError} If a range is upside down, a shift above 1, a factor
   * not above 0, or a shear 90 degrees or more.
   */
  constructor(options: RandomAffineOptions = {}) {
    checkOptions("RandomAffine", options, [
      "degrees",
      "scale",
      "shear",
      "translate",
    ]);
    const { degrees = 0, scale = [1, 1], shear = 0, translate } = options;
    this.#degrees = around(degrees);
    checkRange("RandomAffine: degrees", this.#degrees, [-360, 360]);
    this.#translate = translate ?? [0, 0];
    for (const share of this.#translate) {
      checkRange("RandomAffine: translate", [0, share], [0, 1]);
    }
    checkRange("RandomAffine: scale", scale, [1e-3, 1e3]);
    this.#scale = scale;
    const [fromX, toX, fromY = 0, toY = 0] = around(shear);
    this.#shear = [[fromX, toX], [fromY, toY]];
    for (const range of this.#shear) {
      checkRange("RandomAffine: shear", range, [-89, 89]);
    }
  }

  /** Ranges, as torchvision prints them. */
  toString(): string {
    const parts = {
      degrees: this.#degrees,
      translate: this.#translate,
      scale: this.#scale,
      shear: this.#shear.flat(),
    };
    const texts = Object.entries(parts).map(([name, range]) =>
      `${name}=(${range.join(", ")})`
    );
    return `RandomAffine(${texts.join(", ")})`;
  }

  /** Draws a matrix for an image: see {@linkcode affineMatrix}. */
  draw(generator: RandomGenerator, size: ImageSize): number[] {
    const [x, y] = this.#translate;
    const angle = uniform(generator, this.#degrees);
    const shift = (most: number) =>
      Math.round(uniform(generator, [-most, most]));
    const translate = [shift(x * size.width), shift(y * size.height)] as const;
    const scale = uniform(generator, this.#scale);
    const [shearX, shearY] = this.#shear;
    const shear = [
      uniform(generator, shearX),
      uniform(generator, shearY),
    ] as const;
    return affineMatrix({ angle, translate, scale, shear }, size);
  }
}

/**
 * Where an output pixel (x, y) of an affine map comes from: column
 * `m0·x + m1·y + m2`, row `m3·x + m4·y + m5`. With the centre C of the image,
 * the translation T, rotation R, shear S and scale s it is the inverse of
 * `T · C · R · S · s · C⁻¹`, as `_get_inverse_affine_matrix` of torchvision has
 * it.
 *
 * @param affine Degrees, pixels and factor.
 * @param size Of the image.
 *
 * @example
 * ```ts
 * import { transforms } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const still = { angle: 0, scale: 1, shear: [0, 0], translate: [3, 0] } as const;
 * const matrix = transforms.affineMatrix(still, { height: 28, width: 28 });
 * assertEquals(matrix.map((value) => value + 0), [1, 0, -3, 0, 1, 0]);
 * ```
 */
export function affineMatrix(
  { angle, scale, shear, translate }: AffineMap,
  { height, width }: ImageSize,
): number[] {
  const [rotation, shearX, shearY] = [angle, ...shear].map(radians);
  const cosine = Math.cos(rotation - shearY) / Math.cos(shearY);
  const sine = Math.sin(rotation - shearY) / Math.cos(shearY);
  const a = cosine;
  const b = -cosine * Math.tan(shearX) - Math.sin(rotation);
  const c = sine;
  const d = -sine * Math.tan(shearX) + Math.cos(rotation);
  const [m0, m1, m3, m4] = [d, -b, -c, a].map((value) => value / scale);
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const [x, y] = [centreX + translate[0], centreY + translate[1]];
  return [
    ...[m0, m1, centreX - m0 * x - m1 * y],
    ...[m3, m4, centreY - m3 * x - m4 * y],
  ];
}

function radians(degrees: number): number {
  return degrees / 180 * Math.PI;
}

/** A number as a range about 0. */
function around<T extends readonly number[]>(value: number | T): T | Range {
  if (typeof value !== "number") return value;
  if (value >= 0) return [-value, value];
  throw new RangeError(describe({
    what: "RandomAffine: degrees or shear as one number",
    expected: "a number from 0",
    got: String(value),
    help: "Give the largest angle, or a range of two.",
  }));
}
