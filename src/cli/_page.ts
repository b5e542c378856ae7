import type { Device } from "../devices/device.ts";
import { checkPictureInput, type Classifier } from "../models/mod.ts";
import type { PageContents } from "../serve/page_files.ts";
import type { Given } from "./_command.ts";
import { cardWithLabels, firstLabel } from "./_data_options.ts";
import { givenNormalize, openModelOrShipped } from "./_model.ts";
import type { Output } from "./_output.ts";
import { samplesIn, trainingImagesIn } from "./_samples.ts";

/** The images that a page gets. */
interface PageImages {
  /** Which of the data set's it is trained on. */
  readonly split: "train" | "test";
  /** Whether they have to be there. Default: where their folder is named. */
  readonly needed?: boolean;
}

/** A model, and what there is for its page. */
export interface OpenedPage {
  readonly model: Classifier;
  readonly contents: PageContents;
}

/** Opens the model and the images of a command that serves or writes the page. */
export async function openPage(
  command: string,
  device: Device,
  { explicit, values }: Given,
  output: Output,
  { needed, split }: PageImages,
): Promise<OpenedPage> {
  const normalize = givenNormalize(command, values);
  const { card, model } = await openModelOrShipped(
    device,
    values,
    output,
    { normalize },
  );
  const { data } = values;
  const { classes } = model;
  const labels = { classes, firstLabel: firstLabel(command, values) };
  checkPictureInput(command, card);
  const isAsked = needed ?? explicit.has("data");
  const samples = await samplesIn(data, labels, isAsked);
  return {
    model,
    contents: {
      card: {
        ...cardWithLabels(command, values, card, classes),
        ...normalize === undefined ? {} : { normalize },
      },
      samples,
      training: samples.length === 0
        ? null
        : () => trainingImagesIn(data, labels, split),
    },
  };
}
