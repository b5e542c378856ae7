import { openDevice } from "../devices/select.ts";
import { evaluate as measure } from "../training/evaluate.ts";
import type { Command } from "./_command.ts";
import { checkFits, classCount, dataOfWeights, openData } from "./_data.ts";
import { modelOptions, openModelOrShipped } from "./_model.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { jsonOption, Output, verboseOption } from "./_output.ts";
import { givenSettings } from "./_train_settings.ts";
import { profileOptions, reportProfile, wantsProfile } from "./_profile.ts";

/** `deno task evaluate`. */
export const evaluate: Command = {
  name: "evaluate",
  groups: [{
    options: [
      ...modelOptions,
      ...machineOptions,
      ...dataOfWeights,
      jsonOption,
      verboseOption,
      ...profileOptions,
    ],
  }],
  async run(given) {
    const { flags, values } = given;
    const output = new Output("evaluate", given);
    const machine = machineOf("evaluate", values);
    const start = performance.now();
    using device = await openDevice({
      ...machine,
      onVariant: (sentence) => output.detail(sentence),
      profile: wantsProfile(given),
      onChoice: (sentence) => output.detail(`device: ${sentence}`),
    });
    const { card, model } = await openModelOrShipped(
      device,
      values,
      output,
      {
        classes: classCount("evaluate", values.classes),
        ...givenSettings("evaluate", { normalize: values.normalize }),
      },
    );
    const dataset = await openData("evaluate", given, "test", {
      classes: model.classes,
      card,
    });
    checkFits(card, dataset);
    output.detail(`data: ${dataset.source}`);
    const { accuracy, loss } = await measure(device, model, dataset);
    output.took("all done", start);
    await reportProfile(device, given);
    if (flags.has("json")) {
      const images = dataset.length;
      console.log(JSON.stringify({ loss, accuracy, images }));
    } else {
      console.log(
        `val_loss: ${loss.toFixed(5)}, val_acc: ${accuracy.toFixed(5)}`,
      );
    }
  },
};
