import { asJpeg, asPgm, asPng, pictureOf } from "./_pictures.ts";

/** Empty pixels around a digit. */
export const padding = [10, 3, 25, 16] as const;
const pen = { paper: [0.93, 0.9, 0.8], ink: [0.15, 0.2, 0.45] } as const;

/** Light from the right, and less of it at the bottom. */
const uneven = (x: number, y: number) => 0.35 + 0.6 * x - 0.15 * y * y;
/** A shadow across a corner, where it is half as light. */
const shadow = (x: number, y: number) => x + 0.6 * y > 0.75 ? 0.55 : 1;
const photo = { ...pen, scale: 4, padding, noise: 0.02 };

/** Digits as people draw and photograph them, each alone on its ground. */
export const looks: Record<string, (digit: Uint8Array) => Uint8Array> = {
  "as it is, light on dark": (digit) =>
    asPgm(pictureOf(digit, { scale: 1, paper: [0, 0, 0], ink: [1, 1, 1] })),
  "dark on light, as small": (digit) => asPng(pictureOf(digit, { scale: 1 })),
  "smaller than MNIST's": (digit) => asPng(pictureOf(digit, { scale: 0.6 })),
  "chalk on a board": (digit) =>
    asPng(pictureOf(digit, {
      ...{ scale: 6, padding, paper: [0.1, 0.3, 0.2], ink: [1, 0.9, 0.7] },
    })),
  "faint pencil": (digit) =>
    asPng(pictureOf(digit, {
      ...{ scale: 3, padding, noise: 0.01 },
      ...{ paper: [0.9, 0.9, 0.9], ink: [0.6, 0.6, 0.6] },
    })),
  "JPEG of low quality": (digit) =>
    asJpeg(pictureOf(digit, { ...photo, noise: 0 }), 30),
  "a photo in uneven light": (digit) =>
    asJpeg(pictureOf(digit, { ...photo, light: uneven })),
  "a photo with a shadow": (digit) =>
    asJpeg(pictureOf(digit, { ...photo, light: shadow })),
  "far away": (digit) =>
    asJpeg(pictureOf(digit, {
      ...photo,
      ...{ scale: 2, padding: [60, 90, 100, 60], light: uneven },
    })),
};
