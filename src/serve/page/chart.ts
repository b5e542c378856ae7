import { document, element, made, type PageElement } from "./dom.ts";

/** A line of a chart. */
export interface Line {
  /** Its class, which is its colour. */
  readonly className: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Pixels of a chart, and those for the numbers at its edges. */
const [width, height] = [440, 190];
const [left, right, bottom, top] = [52, 20, 24, 14];

/**
 * Draws lines over steps.
 *
 * @param id The chart's SVG.
 * @param most The highest value; undefined for that of the lines.
 * @param format How values are written.
 */
export function drawChart(
  id: string,
  lines: readonly Line[],
  most: number | undefined,
  format: (value: number) => string,
): void {
  const points = lines.flatMap(({ points }) => points);
  const last = roundUp(Math.max(10, ...points.map(([x]) => x)));
  const highest = most ?? roundUp(Math.max(...points.map(([, y]) => y), 0.1));
  const x = (step: number) => left + step / last * (width - left - right);
  const y = (value: number) =>
    height - bottom - value / highest * (height - bottom - top);
  const ticks = [0, 0.5, 1].flatMap((part) => [
    line("grid", [[left, y(part * highest)], [
      width - right,
      y(part * highest),
    ]]),
    text(left - 6, y(part * highest) + 4, "end", format(part * highest)),
    text(x(part * last), height - 4, "middle", String(part * last)),
  ]);
  const drawn = lines.map(({ className, points }) =>
    line(className, points.map(([step, value]) => [x(step), y(value)]))
  );
  element(id).replaceChildren(...ticks, ...drawn);
}

/** The next of 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value);
  return Number(((factor ?? 10) * power).toPrecision(2));
}

function line(
  className: string,
  points: readonly (readonly [number, number])[],
): PageElement {
  const line = svg("polyline", className);
  const pairs = points.map((point) =>
    point.map((at) => at.toFixed(1)).join(",")
  );
  line.setAttribute("points", pairs.join(" "));
  return line;
}

function text(
  x: number,
  y: number,
  anchor: string,
  content: string,
): PageElement {
  const text = svg("text", "");
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
  text.setAttribute("text-anchor", anchor);
  text.append(content);
  return text;
}

function svg(name: string, className: string): PageElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  made.setAttribute("class", className);
  return made;
}

/** A small mark in the colour of a line. */
export function swatch(className: string): PageElement {
  return made("span", `swatch ${className}`);
}
