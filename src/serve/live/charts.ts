import { element, type KeyInput, type PointerInput } from "../page/dom.ts";
import { nearest, type Point, smoothed } from "../chart/curve.ts";
import { type Curve, type Drawing, drawInto } from "../chart/drawing.ts";
import type { EpochPoint } from "./protocol.ts";
import type { LiveState } from "./state.ts";

/** The points of one value, without those that have none. */
export function pointsOf(
  points: readonly (readonly [x: number, y: number | null])[],
): Point[] {
  return points.filter((point): point is Point => point[1] !== null);
}

/** The curves of the training, and of those beside it. */
export function curvesOf(
  { chosen, measured, others, steps }: LiveState,
  key: "loss" | "accuracy",
  weight: number,
): Curve[] {
  const epochs = (all: readonly EpochPoint[]) =>
    pointsOf(all.map((point) => [point.epoch, point[key]]));
  const place = key === "loss" ? 1 : 2;
  const own = pointsOf(steps.map((point) => [point[0], point[place]]));
  const beside = others.filter(({ name }) => chosen.has(name));
  return [
    {
      run: 0,
      name: "this training",
      steps: own,
      smooth: smoothed(own, weight),
      measured: epochs(measured),
    },
    ...beside.map(({ measured, name, trained }) => ({
      run: chosen.get(name)!,
      name,
      steps: [],
      smooth: epochs(trained),
      measured: epochs(measured),
    })),
  ];
}

/** Draws a chart anew, and says its values where it is pointed at. */
export function drawChart(state: LiveState, key: "loss" | "accuracy"): void {
  const weight = Number(element("smoothing").value);
  const curves = curvesOf(state, key, weight);
  const at = state.at.get(key) ?? null;
  drawInto(element<Drawing>(key), curves, {
    right: state.start?.epochs ?? 1,
    worst: key === "loss" ? "high" : "low",
    at,
  });
  const last = curves[0].smooth[curves[0].smooth.length - 1]?.[0] ?? 0;
  element(`${key}-values`).textContent = valuesAt(curves, at ?? last);
}

/** The values of all curves at a place, as a sentence. */
export function valuesAt(curves: readonly Curve[], x: number): string {
  const texts = curves.flatMap(({ measured, name, smooth, steps }) => {
    const parts = [["step", steps], ["smoothed", smooth], [
      "measured",
      measured,
    ]] as const;
    const values = parts.flatMap(([kind, points]) => {
      const point = nearest(points, x);
      return point === undefined ? [] : [`${kind} ${point[1].toFixed(4)}`];
    });
    return values.length === 0 ? [] : [`${name}: ${values.join(", ")}`];
  });
  return texts.length === 0
    ? "–"
    : `epoch ${x.toFixed(2)} – ${texts.join("; ")}`;
}

/** Lets a chart be pointed at, by mouse, finger or arrow keys. */
export function listenTo(
  state: LiveState,
  key: "loss" | "accuracy",
  draw: () => void,
): void {
  const svg = element<Drawing>(key);
  const right = () =>
    Math.max(
      state.start?.epochs ?? 1,
      ...state.others.filter(({ name }) => state.chosen.has(name))
        .map(({ measured }) => measured.length),
    );
  const point = (x: number) => {
    state.at.set(key, Math.min(Math.max(x, 0), right()));
    draw();
  };
  svg.addEventListener("pointermove", (event) => {
    const { left, width } = svg.getBoundingClientRect();
    const across = (event as PointerInput).clientX - left - 48;
    point(across / (width - 60) * right());
  });
  svg.addEventListener("pointerleave", () => {
    state.at.delete(key);
    draw();
  });
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[(event as KeyInput).key];
    if (by === undefined) return;
    event.preventDefault();
    const now = state.at.get(key) ?? state.steps[state.steps.length - 1]?.[0];
    point((now ?? 0) + by * right() / 100);
  });
}
