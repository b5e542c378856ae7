import { html } from "../base/html.ts";
import { library } from "../base/library.ts";
import { echarts } from "./echarts.ts";

/** A line of a panel. */
export interface Series {
  /** The name in the legend. */
  readonly name: string;
  /** A value for each place on the horizontal axis; NaN leaves a gap. */
  readonly values: readonly number[];
  /** Bars, or a line, which may be faint, behind another. Default `line`. */
  readonly kind?: "bar" | "faint" | "line";
}

/** One pair of axes. */
export interface Panel {
  /** The drawing. */
  readonly title: string;
  /** The quantity of the horizontal axis. Default `epoch`. */
  readonly across?: string;
  /** The quantity of the vertical one. Default the title. */
  readonly up?: string;
  /** One or two lines. */
  readonly series: readonly Series[];
  /** Whether the axis of the values, which are above 0, is logarithmic. */
  readonly isLog?: boolean;
  /** Whether the axis of the values begins at 0. Default where it suits them. */
  readonly fromZero?: boolean;
}

/** Colours, as CSS or SVG have them, and what else a drawing has of its own. */
export interface Theme {
  /** Prefix of the names in the drawing, unique on a page. */
  readonly id: string;
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  /** Of the series, in order. */
  readonly series: readonly string[];
  readonly font: string;
}

/** A value of the horizontal axis. */
type Place = number | string;

/** Width and height of a panel, in pixels. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/** Room around a panel's axes: title above, labels at the left and below. */
const margin = { left: 72, right: 16, top: 34, bottom: 44 };

/** Places from which on points are left out of the lines. */
const mostPoints = 40;

/**
 * Panels beside each other as one SVG, drawn by ECharts without a DOM.
 *
 * @param places The epoch or step of each value, from 1 or where a training began.
 * @throws {LibraryError} If ECharts cannot be loaded.
 */
export async function drawPanels(
  panels: readonly Panel[],
  places: readonly Place[],
  theme: Theme,
  size: PanelSize,
): Promise<string> {
  const option = {
    ...axes(panels, places, theme, size),
    series: panels.flatMap((panel, index) =>
      lines(panel, index, places, theme)
    ),
  };
  const text = panels.map(({ across = "epoch", series, title }) => {
    const names = series.map(({ name }) => name).join(" and ");
    return `${title}: ${names} by ${across}`;
  }).join("; ");
  const all = { ...size, width: size.width * panels.length };
  return await drawChart(option, theme, all, text);
}

/**
 * A drawing as an SVG.
 *
 * @param option What ECharts draws.
 * @param text What a screen reader says of it.
 * @throws {LibraryError} If ECharts cannot be loaded.
 */
export async function drawChart(
  option: object,
  theme: Theme,
  size: PanelSize,
  text: string,
): Promise<string> {
  const { init } = await library(echarts, () => import(echarts));
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  chart.setOption({
    animation: false,
    backgroundColor: theme.background,
    textStyle: { fontFamily: theme.font },
    ...option,
  });
  const svg: string = chart.renderToSVGString();
  chart.dispose();
  return titled(renamed(svg, theme.id), text, theme.id);
}

/** The drawing with what a screen reader says of it. */
function titled(svg: string, text: string, id: string): string {
  const attributes = `role="img" aria-labelledby="${id}-title"`;
  const { text: title } = html`<title id="${id}-title">${text}</title>`;
  return svg.replace(/<svg ([^>]*)>/, `<svg ${attributes} $1>${title}`);
}

function hasBars({ series }: Panel): boolean {
  return series.some(({ kind }) => kind === "bar");
}

/**
 * The drawing with names that depend on nothing else: the library counts on
 * from drawing to drawing, and the same history should give the same bytes.
 */
function renamed(svg: string, id: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/\bzr\d+-\w+(-\d+)?/g, (name) => {
    const known = names.get(name) ?? `${id}-${names.size}`;
    names.set(name, known);
    return known;
  });
}

function axes(
  panels: readonly Panel[],
  places: readonly Place[],
  theme: Theme,
  { height, width }: PanelSize,
) {
  const axis = {
    axisLabel: { color: theme.muted },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { lineStyle: { color: theme.line } },
  };
  const lefts = panels.map((_, index) => index * width);
  return {
    title: panels.map(({ title }, index) => ({
      text: title,
      left: lefts[index],
      top: 0,
      textStyle: { color: theme.text, fontSize: 14, fontWeight: "bold" },
    })),
    legend: panels.map(({ series }, index) => ({
      show: series.length > 1,
      data: series.map(({ name }) => name),
      right: (panels.length - 1 - index) * width + margin.right,
      top: 0,
      icon: "roundRect",
      itemWidth: 14,
      itemHeight: 6,
      selectedMode: false,
      textStyle: { color: theme.muted },
    })),
    grid: lefts.map((left) => ({
      left: left + margin.left,
      top: margin.top,
      width: width - margin.left - margin.right,
      height: height - margin.top - margin.bottom,
    })),
    xAxis: panels.map(({ across = "epoch" }, gridIndex) => ({
      ...axis,
      name: across,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: theme.muted },
      gridIndex,
      type: "category",
      data: places.map(String),
      boundaryGap: places.length === 1 || hasBars(panels[gridIndex]),
    })),
    yAxis: panels.map((
      { fromZero = false, isLog = false, title, up = title },
      gridIndex,
    ) => ({
      ...axis,
      name: up,
      nameLocation: "middle",
      nameGap: 50,
      nameTextStyle: { color: theme.muted },
      gridIndex,
      type: isLog ? "log" : "value",
      scale: !fromZero,
      splitNumber: 4,
      splitLine: { lineStyle: { color: theme.line } },
    })),
  };
}

function lines(
  { series }: Panel,
  index: number,
  places: readonly Place[],
  theme: Theme,
) {
  return series.map(({ kind = "line", name, values }, number) => ({
    type: kind === "bar" ? "bar" : "line",
    name,
    data: values.map((value) => Number.isFinite(value) ? value : "-"),
    xAxisIndex: index,
    yAxisIndex: index,
    color: theme.series[number],
    lineStyle: kind === "faint" ? { opacity: 0.4, width: 1 } : { width: 2 },
    symbol: "circle",
    symbolSize: 5,
    showSymbol: places.length <= mostPoints,
    silent: true,
    emphasis: { disabled: true },
  }));
}
