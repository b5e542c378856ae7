import type { Brightness } from "./_pixels.ts";

/** Brightness of the ground at a place, which may be outside the image. */
export type Ground = (x: number, y: number) => number;

/** Brightness `a x + b y + c`, of places from 0 to 1. */
type Plane = readonly [a: number, b: number, c: number];

/** A pixel at the edge. */
type Point = readonly [x: number, y: number, value: number];

/**
 * The ground as the edge shows it: inside the image a plane, outside it what
 * lies along the nearest edge. What touches the edge here and there has no
 * weight in either: the plane is least in the sum of absolute differences, and
 * the edge's own light, a shadow across the picture, is a median over half of
 * the way around it.
 */
export function groundOf(image: Brightness): Ground {
  const { height, width } = image;
  const edge = edgeOf(image);
  const [a, b, c] = planeOf(edge, image);
  const plane: Ground = (x, y) => a * x / width + b * y / height + c;
  const rest = runningMedian(edge.map(([x, y, value]) => value - plane(x, y)));
  const indices = new Map(edge.map(([x, y], at) => [y * width + x, at]));
  return (x, y) => {
    if (x >= 0 && y >= 0 && x < width && y < height) return plane(x, y);
    const nearX = Math.min(Math.max(x, 0), width - 1);
    const nearY = Math.min(Math.max(y, 0), height - 1);
    return plane(nearX, nearY) + rest[indices.get(nearY * width + nearX)!];
  };
}

/** Of the shorter side, how deep the edge is looked at. */
const edgeDepth = 1 / 25;

/**
 * The light along the edge, once around: of each place the median of the pixels
 * from there inwards, so that a line of squared paper is not taken for it.
 */
function edgeOf({ data, height, width }: Brightness): Point[] {
  const [right, bottom] = [width - 1, height - 1];
  const depth = Math.max(1, Math.floor(Math.min(width, height) * edgeDepth));
  const point = (x: number, y: number, dx: number, dy: number): Point => {
    const inwards = Array.from(
      { length: depth },
      (_, at) => data[(y + at * dy) * width + x + at * dx],
    );
    return [x, y, medianOf(inwards)];
  };
  return [
    ...Array.from({ length: width }, (_, at) => point(at, 0, 0, 1)),
    ...Array.from({ length: bottom }, (_, at) => point(right, at + 1, -1, 0)),
    ...Array.from(
      { length: right },
      (_, at) => point(right - 1 - at, bottom, 0, -1),
    ),
    ...Array.from(
      { length: bottom },
      (_, at) => point(0, bottom - 1 - at, 1, 0),
    ),
  ];
}

/**
 * The plane of least absolute differences: least squares, weighted anew by the
 * inverse of what is left, ten times.
 */
function planeOf(
  edge: readonly Point[],
  { height, width }: Brightness,
): Plane {
  const points = edge.map(([x, y, value]) =>
    [x / width, y / height, value] as const
  );
  let plane: Plane = [0, 0, medianOf(edge.map(([, , value]) => value))];
  for (let round = 0; round < 10; round++) plane = fitted(points, plane);
  return plane;
}

/** The least squares of points, weighted by how near a plane they are. */
function fitted(points: readonly Point[], [a, b, c]: Plane): Plane {
  let [w, wx, wy, wxx, wxy, wyy, wv, wxv, wyv] = new Float64Array(9);
  for (const [x, y, value] of points) {
    // From a hundredth on: below, all is noise.
    const weight = 1 / Math.max(0.01, Math.abs(value - (a * x + b * y + c)));
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
    wyy += weight * y * y;
    wv += weight * value;
    wxv += weight * x * value;
    wyv += weight * y * value;
  }
  const [x, y, v] = [wx / w, wy / w, wv / w];
  const [xx, xy, yy] = [wxx / w - x * x, wxy / w - x * y, wyy / w - y * y];
  const [xv, yv] = [wxv / w - x * v, wyv / w - y * v];
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-12) return [0, 0, v];
  const slope = (xv * yy - yv * xy) / determinant;
  const rise = (yv * xx - xv * xy) / determinant;
  return [slope, rise, v - slope * x - rise * y];
}

/**
 * The median of the half of a ring around each of its values: a window in
 * order, in which from place to place one value takes another's place.
 */
function runningMedian(ring: readonly number[]): number[] {
  const { length } = ring;
  const reach = length >> 2;
  const at = (place: number) => ring[(place + length) % length];
  const window = Float64Array.from(
    { length: 2 * reach + 1 },
    (_, offset) => at(offset - reach),
  ).sort();
  return ring.map((_, place) => {
    const median = window[reach];
    exchange(window, at(place - reach), at(place + reach + 1));
    return median;
  });
}

/** Puts another value into ordered ones, in the place of one of them. */
function exchange(ordered: Float64Array, old: number, value: number): void {
  let at = ordered.indexOf(old);
  for (; ordered[at - 1] > value; at--) ordered[at] = ordered[at - 1];
  for (; ordered[at + 1] < value; at++) ordered[at] = ordered[at + 1];
  ordered[at] = value;
}

function medianOf(values: number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}
