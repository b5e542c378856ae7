import type { EpochResult } from "../training/options.ts";
import type { Panel } from "./_chart.ts";

type History = readonly EpochResult[];

type Numbers = "loss" | "valLoss" | "acc" | "valAcc" | "lr" | "imagesPerSecond";

/** The losses of a training. */
export function lossPanel(history: History): Panel {
  return {
    title: "Loss",
    series: [
      { name: "loss", values: column(history, "loss") },
      { name: "val_loss", values: column(history, "valLoss") },
    ],
    fromZero: true,
  };
}

/** The notebook's curve of the accuracy. */
export function valAccuracyPanel(history: History): Panel {
  return {
    title: "val_acc",
    series: [{ name: "val_acc", values: column(history, "valAcc") }],
  };
}

/** Everything of a history that is drawn, panel by panel. */
export function allPanels(history: History): Panel[] {
  return [
    lossPanel(history),
    {
      title: "Accuracy",
      series: [
        { name: "acc", values: column(history, "acc") },
        { name: "val_acc", values: column(history, "valAcc") },
      ],
    },
    {
      title: "Learning rate",
      series: [{ name: "lr", values: column(history, "lr") }],
      fromZero: true,
    },
    {
      title: "Images per second",
      series: [{
        name: "images/s",
        values: column(history, "imagesPerSecond"),
      }],
      fromZero: true,
    },
  ];
}

function column(history: History, name: Numbers): number[] {
  return history.map((epoch) => epoch[name]);
}
