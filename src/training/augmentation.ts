import { checkOptions } from "../base/options.ts";
import {
  Compose,
  ElasticTransform,
  RandomAffine,
  RandomErasing,
  ToTensor,
  type Transform,
} from "../transforms/mod.ts";

/**
 * How training images change at random, in plain values: 0 is not at all.
 *
 * @category Training
 */
export interface AugmentSettings {
  /** Largest rotation to either side, in degrees. */
  rotate?: number;
  /** Largest shift to every side, as a share of the image's size. */
  shift?: number;
  /** Largest change of size: 0.1 is from 0.9 to 1.1. */
  scale?: number;
  /** Largest shear along x to either side, in degrees. */
  shear?: number;
  /** Strength of elastic displacements: `alpha` of `ElasticTransform`. */
  elastic?: number;
  /** Probability that a part of an image is erased. */
  erase?: number;
}

/** The names of all kinds of change. */
export const AUGMENTATIONS: readonly (keyof AugmentSettings)[] = [
  "rotate",
  "shift",
  "scale",
  "shear",
  "elastic",
  "erase",
];

/**
 * The transforms of some settings; none where nothing changes.
 *
 * @throws {RangeError} If one is out of the range of its transform.
 */
export function transformOf(settings: AugmentSettings): Compose | undefined {
  checkOptions("train: augment", settings, AUGMENTATIONS);
  const { elastic = 0, erase = 0, rotate = 0, scale = 0, shear = 0 } = settings;
  const { shift = 0 } = settings;
  const transforms: Transform[] = [new ToTensor()];
  if (elastic !== 0) {
    transforms.unshift(new ElasticTransform({ alpha: elastic }));
  }
  if (rotate !== 0 || shift !== 0 || scale !== 0 || shear !== 0) {
    transforms.unshift(
      new RandomAffine({
        degrees: rotate,
        translate: [shift, shift],
        scale: [1 - scale, 1 + scale],
        shear,
      }),
    );
  }
  if (erase !== 0) transforms.push(new RandomErasing({ p: erase }));
  return transforms.length === 1 ? undefined : new Compose(transforms);
}
