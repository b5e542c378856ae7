import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import { NETWORKS } from "../models/mod.ts";
import { summary as tableOf } from "../nn/mod.ts";
import { settingsOf } from "../training/mod.ts";
import type { Command } from "./_command.ts";
import { classCount } from "./_data_options.ts";
import { jsonText } from "./_json.ts";
import { keyOption, openModel } from "./_model.ts";
import { modelEndings } from "./_endings.ts";
import { wholeNumber } from "./_options.ts";
import { jsonOption, print } from "./_output.ts";
import { givenSettings, settingOptions } from "./_train_settings.ts";

/** `deno task summary`. */
export const summary: Command = {
  name: "summary",
  groups: [{
    options: [
      {
        name: "model",
        value: "FILE",
        endings: modelEndings,
        help: "weights that must fit it",
      },
      keyOption,
      ...settingOptions("recipe"),
      {
        name: "classes",
        value: "N",
        help: "how many classes it has",
        shown: "those of the weights, or 10",
      },
      {
        name: "batch-size",
        value: "N",
        default: "100",
        help: "images of a batch",
      },
      jsonOption,
    ],
  }],
  notes:
    "Multiply-adds are those of convolutions and linear layers; memory is " +
    "that of a layer's output.",
  async run({ flags, values }) {
    const size = values["batch-size"];
    const batchSize = wholeNumber("summary", "batch-size", size, 1);
    const { network } = settingsOf(givenSettings("summary", values), null);
    const classes = classCount("summary", values.classes);
    using device = CpuDevice.open({ threads: 1 });
    const { card = {}, model } = values.model === ""
      ? { model: NETWORKS[network](classes) }
      : await openModel(device, values.model, { classes, key: values.key });
    const shape = [batchSize, ...card.inputShape ?? [1, 28, 28]];
    if (!flags.has("json")) return print(tableOf(model, shape));
    console.log(jsonText({ model: String(model), ...model.trace(shape) }));
  },
};
