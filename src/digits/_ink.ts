import { brightest, darkest, negative } from "./_extremes.ts";
import { type Ground, groundOf } from "./_ground.ts";
import type { Brightness } from "./_pixels.ts";

/** The drawing in an image: 0 where there is paper, up to 1 where it is ink. */
export interface Ink extends Brightness {
  /** Whether the ink is darker than the paper. */
  readonly isDark: boolean;
}

/**
 * The share of the longer side within which paper is looked for: more than the
 * width of a stroke, less than that of a shadow.
 */
const paperReach = 1 / 8;

/**
 * Tells ink from paper, whatever is the darker one and however uneven the light.
 *
 * The paper's brightness at a pixel is that of the lightest there is around it,
 * in which strokes vanish but not shadows (a grey-scale closing). It is taken
 * for light ink on a dark ground, too; which one it is, the ground decides: ink
 * differs from what lies along the edge.
 */
export function inkOf(image: Brightness): Ink {
  const { data, height, width } = image;
  const reach = Math.max(2, Math.round(Math.max(width, height) * paperReach));
  const ground = groundOf(image);
  const dark = darkerThanAround(image, ground, reach);
  const inverse: Ground = (x, y) => 1 - ground(x, y);
  const light = darkerThanAround(negative(image), inverse, reach);
  const darkness = data.map((value, pixel) => {
    const above = value - ground(pixel % width, Math.floor(pixel / width));
    return above < 0
      ? Math.min(dark.data[pixel], -above)
      : -Math.min(light.data[pixel], above);
  });
  return balanceOf(darkness) >= 0
    ? { ...dark, isDark: true }
    : { ...light, isDark: false };
}

/**
 * The sum of what is at least half as much as there is at most: noise is
 * everywhere, and would outweigh a few strokes.
 */
function balanceOf(darkness: Float32Array): number {
  const most = darkness.reduce(
    (most, value) => Math.max(most, Math.abs(value)),
    0,
  );
  return darkness.reduce(
    (sum, value) => Math.abs(value) < most / 2 ? sum : sum + value,
    0,
  );
}

/** How much darker a pixel is than the paper around it. */
function darkerThanAround(
  image: Brightness,
  ground: Ground,
  reach: number,
): Brightness {
  const { data, height, width } = image;
  // So far out that light which changes from side to side ends nowhere.
  const margin = 2 * reach;
  const wide = { width: width + 2 * margin, height: height + 2 * margin };
  const around = new Float32Array(wide.width * wide.height);
  for (let pixel = 0; pixel < around.length; pixel++) {
    const x = pixel % wide.width - margin;
    const y = Math.floor(pixel / wide.width) - margin;
    const isInside = x >= 0 && y >= 0 && x < width && y < height;
    around[pixel] = isInside ? data[y * width + x] : ground(x, y);
  }
  const lightest = brightest({ ...wide, data: around }, reach);
  const paper = darkest(lightest, reach).data;
  const ink = data.map((value, pixel) => {
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    return paper[(y + margin) * wide.width + x + margin] - value;
  });
  return { width, height, data: ink };
}
