import type { Device } from "../devices/device.ts";
import { openDevice } from "../devices/select.ts";
import { checkPictureInput } from "../models/mod.ts";
import { predict as predictAll } from "../training/predict.ts";
import type { Command, Given, Option } from "./_command.ts";
import {
  cardWithLabels,
  checkFits,
  classCount,
  dataOfWeights,
  openData,
} from "./_data.ts";
import { pictureEndings } from "./_endings.ts";
import {
  modelOptions,
  type OpenedModel,
  openModelOrShipped,
} from "./_model.ts";
import { usage } from "./_options.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { jsonOption, Output, verboseOption } from "./_output.ts";
import { givenSettings } from "./_train_settings.ts";
import { predictFiles } from "./_predict_files.ts";
import { printRows, rowsJson, rowsOf } from "./_predict_rows.ts";

/** The options of test images: what `predict` reads without a FILE. */
const rowOptions: readonly Option[] = [
  { name: "count", value: "N", help: "the first N", shown: "100" },
  {
    name: "index",
    value: "N|FROM..TO",
    help: "that one, or those from one to another",
  },
  { name: "logits", help: "print the scores too" },
  ...dataOfWeights,
];

/** `deno task predict`. */
export const predict: Command = {
  name: "predict",
  anyFiles: {
    name: "FILE",
    endings: pictureEndings,
    help: "a photo or drawing of digits: PNG, JPEG, BMP, PGM, GIF, WebP or " +
      "AVIF, dark on light or light on dark, or - for standard input; prints " +
      "digit, probability and the likeliest three, of several digits the " +
      "number",
  },
  groups: [
    {
      options: [
        { name: "show", help: "draw what the network looks at" },
        ...modelOptions,
        ...machineOptions,
        jsonOption,
        verboseOption,
      ],
    },
    { title: "Without a FILE, of the test images", options: rowOptions },
  ],
  async run(given) {
    const { files, values } = given;
    checkTogether(given);
    const output = new Output("predict", given);
    const machine = machineOf("predict", values);
    const start = performance.now();
    using device = await openDevice({
      ...machine,
      onVariant: (sentence) => output.detail(sentence),
      onChoice: (sentence) => output.detail(`device: ${sentence}`),
    });
    const opened = await openModelOrShipped(
      device,
      values,
      output,
      {
        classes: classCount("predict", values.classes),
        ...givenSettings("predict", { normalize: values.normalize }),
      },
    );
    const { card, model: { classes } } = opened;
    const labelled = {
      ...opened,
      card: cardWithLabels("predict", values, card, classes),
    };
    if (files.length > 0) {
      checkPictureInput("predict", card);
      await predictFiles(device, labelled, given);
    } else await predictRows(device, labelled, given, output);
    output.took("all done", start);
  },
};

/** Refuses options of test images beside pictures, and the other way round. */
function checkTogether({ explicit, files, flags }: Given): void {
  const wrong = rowOptions.map(({ name }) => name)
    // Pictures have classes too, and labels.
    .find((name) =>
      !["classes", "first-label"].includes(name) && explicit.has(name)
    );
  if (files.length > 0 && wrong !== undefined) {
    throw usage("predict", `--${wrong} does not go with FILE ${files[0]}`);
  }
  if (files.length === 0 && flags.has("show")) {
    throw usage("predict", "--show needs a FILE");
  }
  if (explicit.has("count") && explicit.has("index")) {
    throw usage("predict", "--count does not go with --index");
  }
}

async function predictRows(
  device: Device,
  { card, model, weights }: OpenedModel,
  given: Given,
  output: Output,
): Promise<void> {
  const { flags, values } = given;
  const whole = await openData("predict", given, "test", {
    classes: model.classes,
    card,
    unlabelled: true,
  });
  checkFits(card, whole);
  output.detail(`data: ${whole.source}`);
  const dataset = rowsOf(whole, values);
  const found = await predictAll(device, model, dataset);
  const rows = {
    found,
    labels: whole.isLabelled ? [...dataset.targets.data] : null,
    classNames: card.classNames ?? whole.targets.classNames,
  };
  if (flags.has("json")) console.log(rowsJson(rows, weights));
  else printRows(rows, flags.has("logits"));
}
