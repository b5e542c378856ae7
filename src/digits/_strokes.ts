import { brightest } from "./_extremes.ts";
import { partsOf } from "./_parts.ts";
import type { Brightness } from "./_pixels.ts";
import { withoutLines } from "./_remove_lines.ts";

/** The strokes of a drawing. */
export interface Strokes {
  /** Where they are: 1, elsewhere 0. */
  readonly mask: Uint8Array;
  /** The ink without lines that are printed. */
  readonly ink: Brightness;
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
    const threshold = thresholdOf(ink.data, floor);
    const [paper, strokes] = [new Moments(), new Moments()];
    const mask = new Uint8Array(ink.data.length);
    for (let pixel = 0; pixel < mask.length; pixel++) {
      const value = ink.data[pixel];
      if (value > threshold) mask[pixel] = 1;
      (mask[pixel] === 1 ? strokes : paper).add(value);
    }
    if (strokes.count === 0) return null;
    const apart = strokes.mean - paper.mean;
    floor = threshold;
    if (apart < Math.max(leastInk, leastApart * paper.deviation)) continue;
    const drawn = withoutLines({ ink, mask: mask.slice() });
    keepLarge(drawn.mask, ink.width, ink.height);
    const removed = new Float32Array(mask);
    for (let pixel = 0; pixel < mask.length; pixel++) {
      removed[pixel] -= drawn.mask[pixel];
    }
    // The soft edges of what is removed are no paper.
    const edges = brightest({ ...ink, data: removed }, 2).data;
    const [ground, kept] = [new Moments(), new Moments()];
    for (let pixel = 0; pixel < mask.length; pixel++) {
      const value = ink.data[pixel];
      if (drawn.mask[pixel] === 1) kept.add(value);
      else if (value <= threshold && edges[pixel] === 0) ground.add(value);
    }
    if (kept.count === 0 || ground.count === 0) return null;
    const full = Math.min(1, kept.mean + kept.deviation);
    const noise = Math.min(threshold, ground.mean + 2 * ground.deviation);
    return { ...drawn, noise, full };
  }
  return null;
}

/**
 * The value that parts the histogram of those from `floor` on best: Otsu, "A
 * threshold selection method from gray-level histograms", 1979.
 */
function thresholdOf(values: Float32Array, floor: number): number {
  const bins = 256;
  const counts = new Float64Array(bins);
  let size = 0;
  for (const value of values) {
    if (!(value >= floor)) continue;
    counts[Math.min(bins - 1, Math.floor(value * bins))]++;
    size++;
  }
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, threshold, below, sumBelow] = [0, 0, 0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * bin;
    const above = size - below;
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
