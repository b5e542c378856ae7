import type { Brightness } from "./_pixels.ts";

/** The strokes of a drawing. */
export interface Strokes {
  /** Where they are: 1, elsewhere 0. */
  readonly mask: Uint8Array;
  /** The highest noise of the paper. */
  readonly noise: number;
  /** The ink in the middle of a stroke. */
  readonly full: number;
}

/** The least ink that a stroke has: less is not seen. */
const leastInk = 0.04;

/** Deviations of the paper that noise, cut in two, does not reach. */
const leastApart = 5;

/**
 * Finds the strokes, or null where there are none: paper and ink must be
 * farther apart than noise, cut in two, would be. Where the paper is large and
 * the digit small, it is the paper that a first cut parts, and what is above it
 * is cut again.
 */
export function strokesOf(ink: Brightness): Strokes | null {
  let floor = 0;
  for (let cut = 0; cut < 4; cut++) {
    const threshold = thresholdOf(ink.data.filter((value) => value >= floor));
    const [paper, strokes] = [new Moments(), new Moments()];
    for (const value of ink.data) {
      (value > threshold ? strokes : paper).add(value);
    }
    if (strokes.count === 0) return null;
    const apart = strokes.mean - paper.mean;
    floor = threshold;
    if (apart < Math.max(leastInk, leastApart * paper.deviation)) continue;
    const mask = Uint8Array.from(
      ink.data,
      (value) => value > threshold ? 1 : 0,
    );
    keepLarge(mask, ink.width, ink.height);
    const full = Math.min(1, strokes.mean + strokes.deviation);
    const noise = Math.min(threshold, paper.mean + 2 * paper.deviation);
    return { mask, noise, full };
  }
  return null;
}

/**
 * The value that parts a histogram best: Otsu, "A threshold selection method
 * from gray-level histograms", 1979.
 */
function thresholdOf(values: Float32Array): number {
  const bins = 256;
  const counts = new Float64Array(bins);
  for (const value of values) {
    counts[Math.min(bins - 1, Math.floor(value * bins))]++;
  }
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, threshold, below, sumBelow] = [0, 0, 0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const apart = sumBelow / below - (total - sumBelow) / above;
    const variance = below * above * apart ** 2;
    if (variance > best) {
      best = variance;
      threshold = (bin + 1) / bins;
    }
  }
  return threshold;
}

/** Mean and deviation of numbers that come one by one. */
class Moments {
  count = 0;
  #sum = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
    this.#squares += value * value;
  }

  get mean(): number {
    return this.#sum / this.count;
  }

  get deviation(): number {
    const variance = this.#squares / this.count - this.mean ** 2;
    return Math.sqrt(Math.max(0, variance));
  }
}

/** Of all that hangs together, what is this much of the largest stays. */
const leastShare = 0.04;

/**
 * Ink connected with the edge, a table's end or a finger, is no stroke
 * where this much of it is inside: less may be the bar of a 5 that was cut
 * close.
 */
const enoughInside = 0.5;

/** Clears specks, and what reaches in from the edge. */
function keepLarge(mask: Uint8Array, width: number, height: number): void {
  const parts = partsOf(mask, width, height);
  const inner = parts.filter(({ atEdge }) => !atEdge);
  const largest = Math.max(...parts.map(({ pixels }) => pixels.length));
  const inside = Math.max(0, ...inner.map(({ pixels }) => pixels.length));
  const isInside = inside >= largest * enoughInside;
  const least = leastShare * (isInside ? inside : largest);
  for (const { atEdge, pixels } of parts) {
    if (pixels.length >= least && !(isInside && atEdge)) continue;
    for (const pixel of pixels) mask[pixel] = 0;
  }
}

/** Pixels that hang together. */
interface Part {
  readonly pixels: readonly number[];
  /** Whether one of them is at the edge of the image. */
  readonly atEdge: boolean;
}

/** All parts, pixels that touch at a corner taken together. */
function partsOf(mask: Uint8Array, width: number, height: number): Part[] {
  const seen = new Uint8Array(mask.length);
  const parts: Part[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const pixels = [start];
    seen[start] = 1;
    let atEdge = false;
    for (let next = 0; next < pixels.length; next++) {
      const [x, y] = [pixels[next] % width, Math.floor(pixels[next] / width)];
      atEdge ||= x === 0 || y === 0 || x === width - 1 || y === height - 1;
      for (
        let row = Math.max(0, y - 1);
        row <= Math.min(height - 1, y + 1);
        row++
      ) {
        for (
          let column = Math.max(0, x - 1);
          column <= Math.min(width - 1, x + 1);
          column++
        ) {
          const pixel = row * width + column;
          if (mask[pixel] === 0 || seen[pixel] === 1) continue;
          seen[pixel] = 1;
          pixels.push(pixel);
        }
      }
    }
    parts.push({ pixels, atEdge });
  }
  return parts;
}
