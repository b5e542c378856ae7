import { openDevice } from "../devices/select.ts";
import { checkPictureInput } from "../models/check_picture_input.ts";
import type { Command, Given, Option } from "./_command.ts";
import { cardWithLabels, classCount, dataOfWeights } from "./_data_options.ts";
import { pictureEndings } from "./_endings.ts";
import { givenNormalize, modelOptions, openModelOrShipped } from "./_model.ts";
import { usage } from "./_options.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { jsonOption, Output, verboseOption } from "./_output.ts";
import { predictFiles } from "./_predict_files.ts";

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

/** Where pictures are read on the CPU unless another device is asked for. */
const deviceOptions = machineOptions.map((option) =>
  option.name === "device"
    ? { ...option, shown: "auto; for a FILE cpu, which is sooner ready" }
    : option
);

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
        ...deviceOptions,
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
    const isSoon = isSooner(given);
    const machine = machineOf("predict", values);
    const start = performance.now();
    using device = await openDevice({
      ...machine,
      device: isSoon ? "cpu" : machine.device,
      onVariant: (sentence) => output.detail(sentence),
      onChoice: (sentence) => {
        if (!isSoon) output.detail(`device: ${sentence}`);
      },
    });
    if (isSoon) output.detail(`device: ${device.label}: sooner than a GPU`);
    const opened = await openModelOrShipped(
      device,
      values,
      output,
      {
        classes: classCount("predict", values.classes),
        normalize: givenNormalize("predict", values),
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
    } else {
      const { predictRows } = await import("./_predict_rows.ts");
      await predictRows(device, labelled, given, output);
    }
    output.took("all done", start);
  },
};

/** Whether pictures are to be read, and nobody asks for a GPU: it opens later. */
function isSooner({ explicit, files }: Given): boolean {
  return files.length > 0 &&
    !["device", "precision"].some((name) => explicit.has(name));
}

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
