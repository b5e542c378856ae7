import { partsOf } from "./_parts.ts";

/** A rectangle of pixels. */
export interface Box {
  /** Columns to the left of it. */
  readonly left: number;
  /** Rows above it. */
  readonly top: number;
  /** Columns of it. */
  readonly width: number;
  /** Rows of it. */
  readonly height: number;
}

/** The strokes of one digit. */
export interface Group extends Box {
  readonly pixels: readonly number[];
  /** The line that it stands in, from 0 at the top. */
  readonly line: number;
}

/** Strokes that belong together, before they have a line. */
type Strokes = Omit<Group, "line">;

/**
 * Of the height of the higher one, how far apart two parts of a digit are: a
 * half above the other, a piece beside the whole, a small piece.
 */
const [apartAbove, apartBeside, apartSmall] = [0.22, 0.16, 0.3];

/** A piece, and a small one, is this much of the other's height. */
const [piece, smallPiece] = [0.7, 0.4];

/** What is less high, compared with the highest digit, is a dot or a dash. */
const leastHeight = 0.35;

/** A picture whose longer side has less pixels is of one digit. */
const leastSide = 40;

/** What surrounds something this much of its height is a frame. */
const framed = 0.4;

/**
 * The digits of a drawing, from left to right and line by line: strokes that
 * hang together, and those that are so near that they are one digit in pieces.
 */
export function groupDigits(
  mask: Uint8Array,
  width: number,
  height: number,
): Group[] {
  if (Math.max(width, height) < leastSide) return [wholeGroup(mask, width)];
  const parts = partsOf(mask, width, height)
    .map(({ pixels }) => withBox(pixels, width));
  const unframed = parts.filter((outer) =>
    !parts.some((inner) => inner !== outer && surrounds(outer, inner))
  );
  const groups = merged(unframed, width);
  const highest = Math.max(...groups.map(({ height }) => height));
  return inLines(
    groups.filter(({ height }) => height >= leastHeight * highest),
  );
}

/** All that is drawn as one digit. */
function wholeGroup(mask: Uint8Array, width: number): Group {
  const pixels = Array.from(mask.keys()).filter((pixel) => mask[pixel] === 1);
  return { ...withBox(pixels, width), line: 0 };
}

function withBox(pixels: readonly number[], width: number): Strokes {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const pixel of pixels) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const size = { width: right - left + 1, height: bottom - top + 1 };
  return { pixels, left, top, ...size };
}

function surrounds(outer: Box, inner: Box): boolean {
  return gapOf(outer, inner, "left", "width") <= -inner.width &&
    gapOf(outer, inner, "top", "height") <= -inner.height &&
    inner.height >= framed * outer.height;
}

/** Pixels between two boxes along one direction; less than 0, they overlap. */
function gapOf(
  one: Box,
  other: Box,
  start: "left" | "top",
  size: "width" | "height",
): number {
  return Math.max(one[start], other[start]) -
    Math.min(one[start] + one[size], other[start] + other[size]);
}

/** Joins the pair that is nearest until no two belong together. */
function merged(parts: readonly Strokes[], width: number): Strokes[] {
  const groups = [...parts];
  for (;;) {
    let best: { one: number; other: number; apart: number } | null = null;
    for (let one = 0; one < groups.length; one++) {
      for (let other = one + 1; other < groups.length; other++) {
        const apart = apartness(groups[one], groups[other]);
        if (apart <= (best?.apart ?? 1)) best = { one, other, apart };
      }
    }
    if (best === null) return groups;
    const [removed] = groups.splice(best.other, 1);
    const { pixels } = groups[best.one];
    groups[best.one] = withBox([...pixels, ...removed.pixels], width);
  }
}

/** How far apart two parts are, of the most that parts of one digit are. */
function apartness(one: Box, other: Box): number {
  const [low, high] = one.height < other.height ? [one, other] : [other, one];
  const across = gapOf(one, other, "left", "width");
  const down = gapOf(one, other, "top", "height");
  const narrower = Math.min(one.width, other.width);
  const isAbove = -across >= narrower / 2;
  const most = low.height < smallPiece * high.height
    ? apartSmall
    : isAbove
    ? apartAbove
    : low.height < piece * high.height
    ? apartBeside
    : 0;
  const apart = Math.hypot(Math.max(0, across), Math.max(0, down));
  if (most === 0) {
    // As high, and one within the other's columns and rows.
    return -across >= narrower / 2 && down < 0 ? 0 : Infinity;
  }
  return apart / (most * high.height);
}

/** In reading order: what stands in the height of a line belongs to it. */
function inLines(groups: readonly Strokes[]): Group[] {
  const middle = ({ height, top }: Box) => top + height / 2;
  const lines: Strokes[][] = [];
  for (const group of groups.toSorted((a, b) => a.left - b.left)) {
    const own = lines.find((line) => {
      const last = line.at(-1)!;
      const apart = Math.abs(middle(last) - middle(group));
      return apart < 0.5 * Math.max(last.height, group.height);
    });
    if (own === undefined) lines.push([group]);
    else own.push(group);
  }
  return lines
    .toSorted(([a], [b]) => middle(a) - middle(b))
    .flatMap((line, at) => line.map((group) => ({ ...group, line: at })));
}
