import { type Line, linesOf, type Mask } from "./_lines.ts";
import type { Brightness } from "./_pixels.ts";

/** A line, and whether it goes from left to right or from top to bottom. */
interface Found extends Line {
  readonly isUpright: boolean;
}

/** A drawing, and where its strokes are. */
interface Drawing {
  readonly ink: Brightness;
  readonly mask: Uint8Array;
}

/** Of its length, how far a line reaches beyond a digit on both sides. */
const overhang = 0.08;

/** A printed line has at most this much of the width of strokes. */
const mostOfStroke = 0.6;

/** In a smaller picture strokes are as thin as lines. */
const leastSide = 64;

/**
 * Removes what is printed and not written: rulings from edge to edge, boxes,
 * lines under a digit. Strokes that they cross stay whole. A straight stroke is
 * a line only where something else remains, and it is thinner or longer.
 */
export function withoutLines({ ink, mask }: Drawing): Drawing {
  const { height, width } = ink;
  if (Math.max(width, height) < leastSide) return { ink, mask };
  const lines: Found[] = [
    ...linesOf({ width, height, data: mask })
      .map((line) => ({ ...line, isUpright: false })),
    ...linesOf(turnedMask({ width, height, data: mask }))
      .map((line) => ({ ...line, isUpright: true })),
  ];
  if (lines.length === 0) return { ink, mask };
  const spanning = lines.filter((line) => spans(line, width, height));
  const ruled = erased({ ink, mask }, spanning);
  const others = lines.filter((line) => !spanning.includes(line));
  const rest = erased(ruled, others);
  const box = extentOf(rest.mask, width);
  const least = Math.max(width, height) / 25;
  if (Math.max(box.right - box.left, box.bottom - box.top) < least) {
    // Four sides with nothing inside are a box; else it was all that is there.
    return isFrame(others) ? rest : ruled;
  }
  const wide = strokeWidth(rest.mask, width);
  const printed = others.filter((line) =>
    line.thick <= mostOfStroke * wide || reachesOut(line, box) ||
    isJoined(line, others)
  );
  return erased(ruled, printed);
}

/** From edge to edge. */
function spans(line: Found, width: number, height: number): boolean {
  const length = line.isUpright ? height : width;
  const margin = Math.max(2, length * 0.02);
  return line.start <= margin && line.end >= length - margin;
}

/** Whether a line is longer than the rest on both sides. */
function reachesOut(line: Found, box: Extent): boolean {
  const [first, last] = line.isUpright
    ? [box.top, box.bottom]
    : [box.left, box.right];
  const least = overhang * (line.end - line.start);
  return first - line.start >= least && line.end - last >= least;
}

/** Whether lines across meet both ends of a line: the side of a box. */
function isJoined(line: Found, others: readonly Found[]): boolean {
  return [line.start, line.end].every((end) =>
    others.some((other) => {
      if (other.isUpright === line.isUpright) return false;
      const level = line.offset + line.slope * end;
      const reach = line.thick + other.thick + 3;
      return Math.abs(other.offset + other.slope * level - end) <= reach &&
        level >= other.start - reach && level <= other.end + reach;
    })
  );
}

/** Whether lines make a box. */
function isFrame(lines: readonly Found[]): boolean {
  const joined = lines.filter((line) => isJoined(line, lines));
  const upright = joined.filter(({ isUpright }) => isUpright);
  return upright.length >= 2 && joined.length - upright.length >= 2;
}

/** The drawing without some lines. */
function erased(drawing: Drawing, lines: readonly Found[]): Drawing {
  if (lines.length === 0) return drawing;
  const { height, width } = drawing.ink;
  const mask = drawing.mask.slice();
  const ink = { width, height, data: drawing.ink.data.slice() };
  const level = strokeLevel(drawing, lines);
  for (const line of lines) erase({ ink, mask }, line, level);
  return { ink, mask };
}

/**
 * Clears one line. Where a stroke goes on above and below it is left, where it
 * ends on the line it ends there.
 */
function erase({ ink, mask }: Drawing, line: Found, level: number): void {
  const { height, width } = ink;
  const [along, across] = line.isUpright ? [width, 1] : [1, width];
  const [length, depth] = line.isUpright ? [height, width] : [width, height];
  const half = line.thick / 2;
  // What is darker than a lighter line is a stroke.
  const kept = (levelOf({ ink, mask }, line) + level) / 2;
  const end = Math.min(length, line.end + 2);
  for (let x = Math.max(0, line.start - 2); x < end; x++) {
    const middle = line.offset + line.slope * x;
    const at = (y: number) => x * along + y * across;
    const isInk = (y: number) => y >= 0 && y < depth && mask[at(y)] === 1;
    let [top, bottom] = [Math.round(middle), Math.round(middle)];
    if (!isInk(top)) top = bottom = [top - 1, top + 1].find(isInk) ?? -1;
    if (top < 0) continue;
    while (isInk(top - 1)) top--;
    while (isInk(bottom + 1)) bottom++;
    const above = middle - half - top + 0.5;
    const below = bottom + 0.5 - middle - half;
    if (above > beyond && below > beyond) continue;
    // With the soft edges, where nothing goes on.
    const first = above > beyond ? Math.ceil(middle - half) : top - 1;
    const last = below > beyond ? Math.floor(middle + half) : bottom + 1;
    for (let y = Math.max(0, first); y <= Math.min(depth - 1, last); y++) {
      if (ink.data[at(y)] > kept) continue;
      mask[at(y)] = 0;
      ink.data[at(y)] = 0;
    }
  }
}

/** Pixels beyond a line that are more than its rough edge. */
const beyond = 1.5;

/** How dark a line is, in the middle. */
function levelOf({ ink, mask }: Drawing, line: Found): number {
  const { height, width } = ink;
  const values: number[] = [];
  for (let x = line.start; x < line.end; x++) {
    const y = Math.round(line.offset + line.slope * x);
    if (y < 0 || y >= (line.isUpright ? width : height)) continue;
    const pixel = line.isUpright ? x * width + y : y * width + x;
    if (mask[pixel] === 1) values.push(ink.data[pixel]);
  }
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/**
 * How dark strokes are, where they are much darker than the lines; else
 * infinite, since nothing tells them apart by their darkness.
 */
function strokeLevel(drawing: Drawing, lines: readonly Found[]): number {
  const values = drawing.ink.data.filter((_, at) => drawing.mask[at] === 1)
    .sort();
  const dark = values[Math.floor(values.length * 0.97)] ?? 0;
  const levels = lines.map((line) => levelOf(drawing, line));
  return dark > 1.5 * Math.max(...levels) ? dark : Infinity;
}

/** Mean width of what is drawn: its area over half its outline. */
function strokeWidth(mask: Uint8Array, width: number): number {
  let [area, outline] = [0, 0];
  for (let at = width; at < mask.length - width; at++) {
    area += mask[at];
    const [right, down] = [
      mask[at + 1] - mask[at],
      mask[at + width] - mask[at],
    ];
    outline += Math.hypot(right, down);
  }
  return outline === 0 ? 0 : 2 * area / outline;
}

/** A box around ink. */
interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around what is drawn, specks left out: rows and columns of some ink. */
function extentOf(mask: Uint8Array, width: number): Extent {
  const height = mask.length / width;
  const rows = new Uint32Array(height);
  const columns = new Uint32Array(width);
  for (const [pixel, value] of mask.entries()) {
    rows[Math.floor(pixel / width)] += value;
    columns[pixel % width] += value;
  }
  const some = (count: number) => count >= 2;
  return {
    left: columns.findIndex(some),
    right: columns.findLastIndex(some),
    top: rows.findIndex(some),
    bottom: rows.findLastIndex(some),
  };
}

function turnedMask({ data, height, width }: Mask): Mask {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      turned[x * height + y] = data[y * width + x];
    }
  }
  return { width: height, height: width, data: turned };
}
