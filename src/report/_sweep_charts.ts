import type { Theme } from "./_chart.ts";
import type { SweepResult } from "./sweep_page.ts";

/** How many times the least value the greatest is where an axis is logarithmic. */
const logarithmicFrom = 20;

/** A setting that has a val_acc, with the values of its options. */
type Measured = Pick<SweepResult, "valAcc" | "values">;

/** An axis of the values that an option has: of numbers, or of words. */
function axisOf(values: readonly string[]) {
  const numbers = values.map(Number);
  if (numbers.some(Number.isNaN)) {
    return { type: "category", data: [...new Set(values)] } as const;
  }
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const isWide = least > 0 && most / least >= logarithmicFrom;
  return { type: isWide ? "log" : "value", scale: true } as const;
}

function column(settings: readonly Measured[], name: string): string[] {
  return settings.map(({ values }) => values[name]);
}

/** The value of an option on its axis. */
function onAxis({ type }: { type: string }, text: string): string | number {
  return type === "category" ? text : Number(text);
}

/** How every axis is drawn. */
function axisStyle(theme: Theme) {
  const line = { lineStyle: { color: theme.line } };
  return {
    axisLabel: { color: theme.muted },
    axisLine: line,
    axisTick: line,
  };
}

/** ECharts's option of a scatter plot: the accuracy over the values of an option. */
export function scatter(
  settings: readonly Measured[],
  name: string,
  theme: Theme,
): object {
  const style = axisStyle(theme);
  const common = {
    ...style,
    nameLocation: "middle",
    nameTextStyle: { color: theme.muted },
    splitLine: style.axisLine,
  };
  const axis = axisOf(column(settings, name));
  return {
    grid: { left: 72, right: 16, top: 16, bottom: 44 },
    xAxis: { ...common, ...axis, name, nameGap: 28 },
    yAxis: {
      ...common,
      type: "value",
      scale: true,
      name: "val_acc",
      nameGap: 50,
    },
    series: {
      type: "scatter",
      symbolSize: 9,
      silent: true,
      color: theme.series[0],
      data: settings.map(({ valAcc, values }) => [
        onAxis(axis, values[name]),
        valAcc,
      ]),
    },
  };
}

/**
 * ECharts's option of parallel coordinates: a line for each setting through the
 * values of its options to its accuracy. That of the best, the first one, stands
 * out.
 */
export function parallel(
  settings: readonly Measured[],
  names: readonly string[],
  theme: Theme,
): object {
  const common = {
    ...axisStyle(theme),
    nameTextStyle: { color: theme.text },
  };
  const axes = names.map((name) => axisOf(column(settings, name)));
  const [best, ...others] = settings;
  return {
    parallel: { left: 56, right: 72, top: 40, bottom: 24 },
    parallelAxis: [
      ...names.map((name, dim) => ({ ...common, ...axes[dim], name, dim })),
      {
        ...{ ...common, type: "value", scale: true, name: "val_acc" },
        dim: names.length,
      },
    ],
    // The best one last, so that it is drawn over the others.
    series: [others, [best]].map((drawn, index) => ({
      type: "parallel",
      silent: true,
      lineStyle: {
        color: theme.series[1 - index],
        ...index === 0 ? { opacity: 0.5, width: 1 } : { opacity: 1, width: 3 },
      },
      data: drawn.map(({ valAcc, values }) => [
        ...names.map((name, dim) => onAxis(axes[dim], values[name])),
        valAcc,
      ]),
    })),
  };
}
