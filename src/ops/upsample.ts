import {
  upsampleForward,
  upsampleGradient,
  upsampleTables,
} from "../../kernels/upsample/upsample.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { record } from "../core/tape.ts";
import { type Images, Tensor } from "../core/tensor.ts";
import { constantOf } from "./_constant.ts";
import { checkDType, checkRank, checkWhole, type Pair, pair } from "./check.ts";

/** Options of {@linkcode upsample}: `size` or `scaleFactor`. */
export interface UpsampleOptions {
  /** Rows and columns of the output. */
  size?: Pair;
  /** The same for one row and column of the input; what results is rounded down. */
  scaleFactor?: Pair;
  /** The nearest pixel, or four mixed by their distances. Default "nearest". */
  mode?: "nearest" | "bilinear";
  /**
   * Whether the centers of the corner pixels stay where they are, instead of
   * their outer corners. For "bilinear". Default false.
   */
  alignCorners?: boolean;
}

/**
 * Images in another size, by PyTorch's `interpolate`: with `size` or
 * `scaleFactor`, the nearest pixel or a bilinear mixture.
 *
 * @param x `[N, C, H, W]`.
 * @param options Size or factor, and how.
 * @returns `[N, C, Hout, Wout]`.
 * @throws {TypeError} If neither or both of `size` and `scaleFactor` are given,
 * `alignCorners` without "bilinear", or an option of another name.
 * @throws {RangeError} If a size is not a whole number of at least 1, a factor is
 * not above 0, or nothing is left.
 *
 * @example
 * ```ts
 * import { openDevice, Tensor, upsample } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using x = Tensor.from(device, [1, 3], [1, 1, 1, 2]);
 * using nearest = upsample(x, { scaleFactor: [1, 2] });
 * assertEquals(await nearest.data(), new Float32Array([1, 1, 3, 3]));
 * using mixed = upsample(x, { size: [1, 4], mode: "bilinear" });
 * assertEquals(await mixed.data(), new Float32Array([1, 1.5, 2.5, 3]));
 * ```
 *
 * @category Operations of layers
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  checkDType("upsample", "input", x);
  checkRank("upsample", "input", x.shape, ["N", "C", "H", "W"]);
  checkUpsampleOptions("upsample", options);
  const { alignCorners = false, mode = "nearest", scaleFactor } = options;
  const [batch, channels, inHeight, inWidth] = x.shape;
  const factors = scaleFactor === undefined ? null : pair(scaleFactor);
  const [outHeight, outWidth] = factors === null
    ? pair(options.size!)
    : [Math.floor(inHeight * factors[0]), Math.floor(inWidth * factors[1])];
  const given = factors === null ? "size" : "size by scaleFactor";
  checkWhole("upsample", given, [outHeight, outWidth], 1);
  const bilinear = mode === "bilinear";
  const tables = upsampleTables(
    {
      inSize: inHeight,
      outSize: outHeight,
      scaleFactor: factors?.[0] ?? null,
    },
    { inSize: inWidth, outSize: outWidth, scaleFactor: factors?.[1] ?? null },
    { bilinear, alignCorners },
  );
  const { device } = x;
  const taps = constantOf(device, tables.taps);
  const shares = constantOf(device, tables.shares);
  const params = { bilinear, iterations: tables.iterations };
  const size: Images = [batch, channels, outHeight, outWidth];
  const output = Tensor.empty(device, size);
  device.run(upsampleForward, { x, taps, shares, output }, params);
  return record(output, [x], (gradOutput, [gradX]) => {
    device.run(upsampleGradient, { gradOutput, taps, shares, gradX }, params);
  });
}

/** Throws where options contradict each other, or are none of upsampling's. */
export function checkUpsampleOptions(
  name: string,
  options: UpsampleOptions,
): void {
  checkOptions(name, options, ["size", "scaleFactor", "mode", "alignCorners"]);
  const { alignCorners, mode = "nearest", scaleFactor, size } = options ?? {};
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new TypeError(describe({
      what: `${name}: size and scaleFactor`,
      expected: "one of them",
      got: size === undefined ? "none" : "both",
      help: "Give the output's size, or how many times the input's it is.",
    }));
  }
  if (mode !== "nearest" && mode !== "bilinear") {
    throw new TypeError(describe({
      what: `${name}: mode`,
      expected: '"nearest" or "bilinear"',
      got: String(mode),
      help: "Choose one of them.",
    }));
  }
  if (alignCorners !== undefined && mode === "nearest") {
    throw new TypeError(describe({
      what: `${name}: alignCorners`,
      expected: 'mode: "bilinear" beside it',
      got: mode,
      help: "The nearest pixel has no corners to align; leave it out.",
    }));
  }
  const factors = scaleFactor === undefined ? [] : pair(scaleFactor);
  if (factors.every((factor) => Number.isFinite(factor) && factor > 0)) return;
  throw new RangeError(describe({
    what: `${name}: scaleFactor`,
    expected: "numbers above 0",
    got: factors.join(" × "),
    help: "Give one factor for both axes, or [height, width].",
  }));
}
