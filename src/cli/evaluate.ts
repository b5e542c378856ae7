import { openDevice } from "../devices/select.ts";
import { evaluate as measure } from "../training/evaluate.ts";
import { calibrationError } from "../training/metrics/mod.ts";
import type { Command } from "./_command.ts";
import { checkFits, openData } from "./_data.ts";
import { classCount, dataOfWeights } from "./_data_options.ts";
import { jsonText } from "./_json.ts";
import { givenNormalize, modelOptions, openModelOrShipped } from "./_model.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { jsonOption, Output, verboseOption } from "./_output.ts";
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
    const { card, model, weights } = await openModelOrShipped(
      device,
      values,
      output,
      {
        classes: classCount("evaluate", values.classes),
        normalize: givenNormalize("evaluate", values),
      },
    );
    const dataset = await openData("evaluate", given, "test", {
      classes: model.classes,
      card,
    });
    checkFits(card, dataset);
    output.detail(`data: ${dataset.source}`);
    const { temperature = 1 } = card;
    const plain = calibrationError();
    const calibrated = calibrationError({ temperature });
    const { accuracy, loss, metrics } = await measure(device, model, dataset, {
      metrics: temperature === 1 ? [plain] : [plain, calibrated],
    });
    const calibration = {
      temperature,
      error: metrics[calibrated.name],
      error_at_1: metrics[plain.name],
    };
    output.took("all done", start);
    await reportProfile(device, given);
    if (flags.has("json")) {
      const images = dataset.length;
      const measured = { valLoss: loss, valAcc: accuracy, images };
      console.log(jsonText({ ...measured, calibration, weights }));
    } else {
      console.log(
        `val_loss: ${loss.toFixed(5)}, val_acc: ${accuracy.toFixed(5)}`,
      );
      console.log(calibrationText(calibration));
    }
  },
};

/** How far probabilities are from how often they are right. */
function calibrationText(
  { error, error_at_1, temperature }: {
    readonly error: number;
    readonly error_at_1: number;
    readonly temperature: number;
  },
): string {
  const before = temperature === 1 ? "" : `, ${error_at_1.toFixed(5)} at 1`;
  return `calibration_error: ${error.toFixed(5)} at temperature ` +
    `${Number(temperature.toFixed(3))}${before}`;
}
