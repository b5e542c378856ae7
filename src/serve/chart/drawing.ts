import type { PageElement } from "../page/dom.ts";
import { type Point, type Range, rangeOf, thinned, ticks } from "./curve.ts";

/** An SVG of a page. */
export interface Drawing extends PageElement {
  innerHTML: string;
  readonly clientWidth: number;
  readonly clientHeight: number;
  getBoundingClientRect(): { readonly left: number; readonly width: number };
}

/** The curves of a training in one drawing. */
export interface Curve {
  /** Its number, which is its colour. */
  readonly run: number;
  readonly name: string;
  /** Each step; an epoch each of a training that is over. */
  readonly steps: readonly Point[];
  /** The same, smoothed. */
  readonly smooth: readonly Point[];
  /** After each epoch, on the rows to measure with. */
  readonly measured: readonly Point[];
}

/** What is drawn of the curves. */
export interface View {
  /** The right end of the axis, unless a curve goes farther. */
  readonly right: number;
  /** Where the worst values are: at the top of a loss. */
  readonly worst: "high" | "low";
  /** The place that is pointed at; null for none. */
  readonly at: number | null;
}

/** Size of a drawing, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in the drawing, in pixels. */
export function placeOf(
  [x, y]: Point,
  { high, left, low, right }: Range,
  { height, width }: Size,
): Point {
  const [across, down] = [
    (x - left) / (right - left),
    (high - y) / (high - low),
  ];
  return [48 + across * (width - 60), 8 + down * (height - 34)];
}

/** What is out of range stays at the edge of the drawing. */
export function within(y: number, { height }: Size): number {
  return Math.min(Math.max(y, 2), height - 24);
}

/** A curve as an SVG path. */
export function pathOf(
  points: readonly Point[],
  range: Range,
  size: Size,
): string {
  const places = thinned(points, size.width).map((point) => {
    const [x, y] = placeOf(point, range, size);
    return `${x.toFixed(1)} ${within(y, size).toFixed(1)}`;
  });
  return places.length === 0 ? "" : `M${places.join("L")}`;
}

/**
 * A drawing as the content of an SVG: numbers and names of classes alone, no text
 * from outside.
 *
 * @param at The place that is pointed at, in epochs; null for none.
 */
export function drawn(
  curves: readonly Curve[],
  range: Range,
  size: Size,
  at: number | null,
): string {
  const grid = ticks(range.low, range.high).map((value) => {
    const y = placeOf([range.left, value], range, size)[1].toFixed(1);
    return `<line class="grid" x1="48" x2="${size.width - 12}" y1="${y}" ` +
      `y2="${y}"/><text x="42" y="${y}" dy="4" text-anchor="end">${value}</text>`;
  });
  const axis = ticks(range.left, range.right).map((value) => {
    const x = placeOf([value, range.low], range, size)[0].toFixed(1);
    return `<text x="${x}" y="${size.height - 8}" text-anchor="middle">` +
      `${value}</text>`;
  });
  const lines = curves.flatMap(({ measured, run, smooth, steps }) => [
    ...(["step", "smooth", "measured"] as const).map((kind, index) => {
      const path = pathOf([steps, smooth, measured][index], range, size);
      return `<path class="${kind} run-${run}" d="${path}"/>`;
    }),
    ...measured.map((point) => {
      const [x, y] = placeOf(point, range, size);
      return `<circle class="run-${run}" r="3" cx="${x.toFixed(1)}" ` +
        `cy="${within(y, size).toFixed(1)}"/>`;
    }),
  ]);
  const [x] = placeOf([at ?? 0, range.low], range, size);
  const line = at === null
    ? ""
    : `<line class="at" x1="${x}" x2="${x}" y1="8" y2="${size.height - 26}"/>`;
  return [...grid, ...axis, ...lines, line].join("");
}

/** Draws curves into an SVG, as large as the page shows it. */
export function drawInto(
  svg: Drawing,
  curves: readonly Curve[],
  { at, right, worst }: View,
): void {
  const size = { width: svg.clientWidth, height: svg.clientHeight };
  const all = curves.flatMap((
    { measured, smooth, steps },
  ) => [measured, smooth, steps]);
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  svg.innerHTML = drawn(curves, rangeOf(all, right, worst), size, at);
}
