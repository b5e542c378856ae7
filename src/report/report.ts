import { checkOptions } from "../base/options.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { describe } from "../base/errors.ts";
import { writeFileAtomic } from "../formats/files.ts";
import type { Layer } from "../nn/mod.ts";
import type {
  EpochResult,
  StepLoss,
  TrainSettings,
} from "../training/options.ts";
import type { Prediction } from "../training/predict.ts";
import { type Html, html } from "../base/html.ts";
import { mistakes } from "./_mistakes.ts";
import { charts, filters, page, summary } from "./_page.ts";
import { settings } from "./_settings.ts";
import { version } from "../base/version.ts";

/** The training that a report describes; a `Trainer` and the result of `train` are one. */
export interface ReportedTraining {
  /** The trained model, on its device. */
  readonly model: Layer;
  /** Where it is. */
  readonly device: Device;
  /** All epochs. */
  readonly history: readonly EpochResult[];
  /** The loss every few steps. Default none. */
  readonly losses?: readonly StepLoss[];
  /** How the training went. */
  readonly settings: Readonly<TrainSettings>;
  /** What logits are divided by before the softmax. Default 1. */
  readonly temperature?: number;
  /** The rows that it was measured with. */
  readonly valData: Dataset;
  /**
   * What the model says of each of these rows. Default, and null: it is run on
   * all of them once more.
   */
  readonly predictions?: readonly Prediction[] | null;
}

/** Options of a report. */
export interface ReportOptions {
  /** The page's heading. Default: the model's class, and `data`. */
  title?: string;
  /** What the data set is called. Default none. */
  data?: string;
  /** The command that trained. Default none. */
  command?: string;
  /** When it ended. Default: now. */
  date?: Date;
  /** Names and values for the table of settings: where the data comes from. */
  facts?: Readonly<Record<string, string>>;
  /** How many of the worst images. Default 50. */
  worst?: number;
}

/**
 * A training as one page of HTML that needs no network and no script: curves,
 * confusion matrix, precision and recall of each class, calibration, the worst
 * images and what the network makes of them, the filters of the first
 * convolution, settings and device.
 *
 * Runs the model on all of `valData` once more, unless the training has kept
 * what it says of them.
 *
 * @throws {LibraryError} If ECharts, which draws the curves, cannot be loaded.
 * @throws {RangeError} If there is no epoch to tell of.
 */
export async function report(
  training: ReportedTraining,
  options: ReportOptions = {},
): Promise<string> {
  checkOptions("report", options, [
    "command",
    "data",
    "date",
    "facts",
    "title",
    "worst",
  ]);
  const { facts = {}, worst = 50 } = options;
  const { device, history } = training;
  if (history.length === 0) throw noEpoch();
  const { title = titleOf(training, options) } = options;
  return page(title, [
    html`
      <h1>${title}</h1>
      <p>${device.label}</p>
      ${origin(options)}
    `,
    summary(training),
    await charts(training),
    ...await mistakes(training, worst),
    ...await filters(training),
    settings(training, facts),
  ]);
}

/** What was trained, on what. */
function titleOf({ model }: ReportedTraining, { data }: ReportOptions): string {
  const { name } = model.constructor;
  return data === undefined ? name : `${name} on ${data}`;
}

/** When, by which version, and how the training was started. */
function origin({ command, date = new Date() }: ReportOptions): Html {
  const iso = date.toISOString();
  const time = `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  const line = command === undefined
    ? html``
    : html`<p><code>${command}</code></p>`;
  return html`
    <p><time datetime="${iso}">${time}</time> · ${version}</p>
    ${line}
  `;
}

function noEpoch(): RangeError {
  return new RangeError(describe({
    what: "report",
    expected: "a training of at least one epoch",
    got: "none",
    help: "Train first.",
  }));
}

/**
 * Writes {@linkcode report} into a file: whole under its name, or not at all.
 *
 * @throws {DataError} If the file cannot be written.
 * @throws {LibraryError} If ECharts cannot be loaded.
 * @throws {RangeError} If there is no epoch to tell of.
 *
 * @example
 * ```ts
 * import { Linear, openDevice, Sequential, TensorDataset, train } from "@x/mnist-cnn";
 * import { writeReport } from "@x/mnist-cnn/report";
 *
 * using device = await openDevice({ device: "cpu" });
 * const data = new TensorDataset(new Float32Array([0, 1, 1, 0]), [0, 1], {
 *   rowShape: [2],
 *   classes: 2,
 * });
 * const model = new Sequential(new Linear(2, 2));
 * const options = { device, model, trainData: data, testData: data };
 * const folder = await Deno.makeTempDir();
 * await writeReport(`${folder}/report.html`, await train(options));
 * ```
 */
export async function writeReport(
  path: string,
  training: ReportedTraining,
  options: ReportOptions = {},
): Promise<void> {
  const text = await report(training, options);
  await writeFileAtomic(path, new TextEncoder().encode(text));
}
