import type { EpochResult, StepLoss } from "../training/options.ts";
import type { CalibrationBin } from "./_calibration.ts";
import type { Panel } from "./_chart.ts";
import { smooth } from "../base/smooth.ts";

type History = readonly EpochResult[];

type Numbers = "loss" | "valLoss" | "acc" | "valAcc" | "lr" | "imagesPerSecond";

/** Whether accuracy was measured: targets may be no labels. */
export function hasAccuracy(history: History): boolean {
  return history.some(({ valAcc }) => Number.isFinite(valAcc));
}

/** The names of a training's metrics. */
export function metricNames(history: History): string[] {
  return Object.keys(history.at(-1)?.valMetrics ?? {});
}

/** The notebook's drawings: the losses and, where it was measured, val_acc. */
export function notebookPanels(history: History): Panel[] {
  const accuracies = hasAccuracy(history) ? [valAccuracyPanel(history)] : [];
  return [lossPanel(history), ...accuracies];
}

/** The loss step by step, and its moving average. */
export function lossesPanel(
  losses: readonly StepLoss[],
  smoothing: number,
): Panel {
  const values = losses.map(({ loss }) => loss);
  return {
    title: "Loss by steps",
    across: "step",
    up: "loss",
    series: [
      { name: "loss", values, kind: "faint" },
      { name: "smoothed", values: smooth(values, smoothing) },
    ],
    isLog: values.every((value) => value > 0),
  };
}

/** How often predictions are right, by their probability. */
export function reliabilityPanel(bins: readonly CalibrationBin[]): Panel {
  return {
    title: "Reliability",
    across: "probability",
    up: "share that is right",
    series: [
      {
        name: "right",
        values: bins.map(({ accuracy }) => accuracy),
        kind: "bar",
      },
      {
        name: "mean probability",
        values: bins.map(({ confidence }) => confidence),
      },
    ],
    fromZero: true,
  };
}

/** How many rows have which probability. */
export function confidencePanel(bins: readonly CalibrationBin[]): Panel {
  return {
    title: "Images by probability",
    across: "probability",
    up: "images",
    series: [{
      name: "images",
      values: bins.map(({ rows }) => rows),
      kind: "bar",
    }],
    fromZero: true,
  };
}

/** The losses of a training. */
function lossPanel(history: History): Panel {
  return {
    title: "Loss",
    up: "loss",
    series: [
      { name: "loss", values: column(history, "loss") },
      { name: "val_loss", values: column(history, "valLoss") },
    ],
    fromZero: true,
  };
}

/** The notebook's curve of the accuracy. */
function valAccuracyPanel(history: History): Panel {
  return {
    title: "val_acc",
    up: "accuracy",
    series: [{ name: "val_acc", values: column(history, "valAcc") }],
  };
}

/** Everything of a history that is drawn, panel by panel. */
export function allPanels(history: History): Panel[] {
  const accuracies: Panel[] = hasAccuracy(history)
    ? [{
      title: "Accuracy",
      up: "accuracy",
      series: [
        { name: "acc", values: column(history, "acc") },
        { name: "val_acc", values: column(history, "valAcc") },
      ],
    }]
    : [];
  return [
    lossPanel(history),
    ...accuracies,
    ...metricNames(history).map((name) => metricPanel(history, name)),
    {
      title: "Learning rate",
      up: "learning rate",
      series: [{ name: "lr", values: column(history, "lr") }],
      fromZero: true,
    },
    {
      title: "Images per second",
      up: "images/s",
      series: [{
        name: "images/s",
        values: column(history, "imagesPerSecond"),
      }],
      fromZero: true,
    },
  ];
}

function metricPanel(history: History, name: string): Panel {
  const values = (of: "metrics" | "valMetrics") =>
    history.map((epoch) => epoch[of]?.[name] ?? NaN);
  return {
    title: name,
    series: [
      { name, values: values("metrics") },
      { name: `val_${name}`, values: values("valMetrics") },
    ],
  };
}

function column(history: History, name: Numbers): number[] {
  return history.map((epoch) => epoch[name]);
}
