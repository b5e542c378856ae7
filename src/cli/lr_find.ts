import { LibraryError } from "../base/errors.ts";
import { openDevice } from "../devices/select.ts";
import { checkWritable } from "../formats/files.ts";
import { plotFormat } from "../report/curves.ts";
import { writeLrPlot } from "../report/lr_plot.ts";
import { findLr, type LrFound } from "../training/lr_find.ts";
import type { Command, Option } from "./_command.ts";
import { openData } from "./_data.ts";
import { dataOptions } from "./_data_options.ts";
import { jsonText } from "./_json.ts";
import { lrChart } from "./_lr_chart.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { usage, wholeNumber } from "./_options.ts";
import { jsonOption, Output, verboseOption } from "./_output.ts";
import { givenSettings, settingOptions } from "./_train_settings.ts";

/** Settings that a range test chooses itself, or does not come to. */
const unused = [
  ...["lr", "epochs", "schedule", "step-size", "milestones", "gamma"],
  ...["warmup", "ema-decay", "val-fraction", "patience", "target-acc"],
  ...["freeze", "reset", "limit"],
];

/** The settings of a training that change what a step does. */
const learningOptions = (["recipe", "training", "learning"] as const)
  .flatMap(settingOptions)
  .filter(({ name }) => !unused.includes(name));

/** The options of the test itself. */
const rangeOptions: readonly Option[] = [
  {
    name: "from",
    value: "LR",
    default: "1e-7",
    help: "the learning rate of the first step",
  },
  {
    name: "to",
    value: "LR",
    default: "10",
    help: "the learning rate that the last steps come near",
  },
  {
    name: "steps",
    value: "N",
    default: "100",
    help: "steps, from each to the next by the same factor",
  },
  {
    name: "plot",
    value: "FILE",
    endings: [".svg", ".png"],
    help: "the curve, as .svg or .png",
  },
];

/** `deno task lr-find`. */
export const lrFind: Command = {
  name: "lr-find",
  groups: [
    { options: rangeOptions },
    { title: "Training", options: learningOptions },
    { title: "Data", options: dataOptions() },
    { title: "Output", options: [jsonOption, verboseOption] },
    { title: "Machine", options: machineOptions },
  ],
  notes:
    "A learning-rate range test (Smith, 2017): the rate rises from step to " +
    "step until the loss, smoothed, is four times its least. The suggestion " +
    "is fastai's: the middle of the longest descent. Nothing is saved.",
  async run(given) {
    const { flags, values } = given;
    const output = new Output("lr-find", given);
    const settings = givenSettings("lr-find", values);
    const range = {
      from: rateOf("from", values.from),
      to: rateOf("to", values.to),
      steps: wholeNumber("lr-find", "steps", values.steps, 20),
    };
    if (range.from >= range.to) {
      throw usage(
        "lr-find",
        `--from: expected less than --to, got ${range.from}`,
      );
    }
    if (values.plot !== "") {
      plotFormat(values.plot);
      await checkWritable(values.plot);
    }
    const machine = machineOf("lr-find", values);
    using device = await openDevice({
      ...machine,
      onVariant: (sentence) => output.detail(sentence),
      onChoice: (sentence) => output.detail(`device: ${sentence}`),
    });
    const data = await openData("lr-find", given, "train");
    output.detail(`data: ${data.source}`);
    const found = await findLr(device, data, settings, range);
    if (flags.has("json")) console.log(jsonText(found));
    else await show(found, output);
    if (values.plot !== "") {
      await writeLrPlot(values.plot, found);
      output.say(`saved ${values.plot}`);
    }
  },
};

function rateOf(name: string, text: string): number {
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw usage("lr-find", `--${name}: expected a number above 0, got ${text}`);
}

async function show(
  { points, suggestion }: LrFound,
  output: Output,
): Promise<void> {
  try {
    console.log(await lrChart(points, suggestion));
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    output.note(`no curve: ${error.message}`);
  }
  output.say(
    Number.isNaN(suggestion)
      ? "no suggestion: the loss was lost at once; begin with a lower --from"
      : `suggestion: --lr ${Number(suggestion.toPrecision(2))}`,
  );
}
