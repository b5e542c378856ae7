import { DataLoader } from "../data/data_loader.ts";
import type { ImageDataset } from "../data/image_dataset.ts";
import { Mnist } from "../data/mnist.ts";
import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import { checkWritable } from "../formats/files.ts";
import {
  drawImage,
  type GrayImage,
  makeGrid,
  writePng,
} from "../digits/mod.ts";
import { classLabel } from "../models/mod.ts";
import { drawsColors, lineColumns } from "./_columns.ts";
import type { Command } from "./_command.ts";
import { openData } from "./_data.ts";
import { dataOptions } from "./_data_options.ts";
import { jsonText } from "./_json.ts";
import { wholeNumber } from "./_options.ts";
import { print } from "./_output.ts";

/** `deno task data`. */
export const data: Command = {
  name: "data",
  groups: [{
    options: [
      ...dataOptions(),
      {
        name: "count",
        value: "N",
        default: "100",
        help: "images of the batch",
      },
      { name: "seed", value: "N", default: "0", help: "seed of its order" },
      {
        name: "png",
        value: "FILE",
        endings: [".png"],
        help: "draw it into a file too: 10 in a row, a pixel between them",
      },
      {
        name: "columns",
        value: "N",
        help: "width of the drawing in characters",
        shown: "that of the terminal, or 80",
      },
      { name: "json", help: "one JSON object, no drawing" },
    ],
  }],
  notes:
    "Prints what the PyTorch notebook does: height and width of an image, " +
    "how many images there are, how many batches loaders of them have, and " +
    "the first labels of a batch; on stderr mean and standard deviation of " +
    "the training images, as --normalize takes them. The drawing of the " +
    "batch has greys where it goes to a terminal, unless NO_COLOR is set.",
  async run(given) {
    const { flags, values } = given;
    const count = wholeNumber("data", "count", values.count, 1);
    const seed = wholeNumber("data", "seed", values.seed, 0);
    const columns = values.columns === ""
      ? lineColumns()
      : wholeNumber("data", "columns", values.columns, 1);
    if (values.png !== "") await checkWritable(values.png);
    const train = await openData("data", given, "train");
    const test = await openData("data", given, "test", {
      classes: train.targets.classes,
    });
    const isMnist = ["", "mnist"].includes(values.dataset) &&
      await Mnist.isOriginal(values.data);
    const { classNames } = train.targets;
    const { grid, labels } = await firstBatch(train, count, seed);
    if (values.png !== "") await writePng(values.png, grid);
    const [channels, height, width] = train.imageShape;
    const named = labels.map((label) => classLabel(label, classNames));
    const { mean, std } = train.statistics();
    if (flags.has("json")) {
      return console.log(jsonText({
        source: train.source,
        isMnist,
        channels,
        height,
        width,
        train: train.length,
        test: test.length,
        classes: train.targets.classes,
        classNames,
        mean,
        std,
        labels: named,
      }));
    }
    console.error(
      `${train.source}: ` +
        (isMnist ? "MNIST, SHA-256 as published" : "every file is whole"),
    );
    const digits = [...mean, ...std].map((value) => value.toFixed(4));
    console.error(`--normalize ${digits.join(",")}`);
    const batches = (dataset: ImageDataset) =>
      Math.ceil(dataset.length / count);
    const first = named.slice(0, perRow).join(", ");
    print(`data.shape :  ${height} ${width}
train_data :  ${train.length}
test_data :  ${test.length}
train_loader :  ${batches(train)}
test_loader :  ${batches(test)}
images :  [${[labels.length, ...train.imageShape].join(", ")}]
labels[:${perRow}] :  [${first}]`);
    console.log(drawImage(grid, { columns, color: drawsColors() }));
  },
};

/** Images of a row of the drawing, and labels that are printed. */
const perRow = 10;

/** The first batch of a shuffled loader. */
async function firstBatch(
  dataset: ImageDataset,
  count: number,
  seed: number,
): Promise<{ grid: GrayImage; labels: number[] }> {
  using device = CpuDevice.open({ threads: 1 });
  const options = { device, batchSize: count, shuffle: true, seed };
  using loader = new DataLoader(dataset, options);
  for await (const [inputs, labels] of loader) {
    const pixels = greys(await inputs.data(), dataset.imageShape);
    const [, height, width] = dataset.imageShape;
    const layout = { columns: perRow, padding: 1 };
    const grid = makeGrid(pixels, [height, width], layout);
    return { grid, labels: [...await labels.data()] };
  }
  throw new RangeError("a data set is never empty");
}

/** The mean of the channels of each pixel, 0…255. */
function greys(
  values: Float32Array,
  [channels, height, width]: readonly number[],
): Uint8Array<ArrayBuffer> {
  const area = height * width;
  return Uint8Array.from({ length: values.length / channels }, (_, pixel) => {
    const start = Math.floor(pixel / area) * area * channels + pixel % area;
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += values[start + channel * area];
    }
    return Math.round(sum / channels * 255);
  });
}
