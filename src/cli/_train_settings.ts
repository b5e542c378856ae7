import type { TrainSettings } from "../training/mod.ts";
import { positiveNumber, wholeNumber } from "./_options.ts";

/** The options of `train` that are settings; "" is not given. */
export const settingOptions = {
  epochs: "",
  "batch-size": "",
  lr: "",
  seed: "",
  limit: "",
  patience: "",
} as const satisfies Record<string, string>;

/** The settings that were given. */
export function trainSettings(
  values: Readonly<Record<string, string>>,
): Partial<TrainSettings> {
  const whole = (name: string, least: number) =>
    given(name, () => wholeNumber("train", name, values[name], least));
  const positive = (name: string) =>
    given(name, () => positiveNumber("train", name, values[name]));
  function given(name: string, read: () => number): number | undefined {
    return values[name] === "" ? undefined : read();
  }
  return {
    epochs: whole("epochs", 1),
    batchSize: whole("batch-size", 2),
    lr: positive("lr"),
    seed: whole("seed", 0),
    limit: whole("limit", 1),
    patience: whole("patience", 0),
  };
}
