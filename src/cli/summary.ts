import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import { summary } from "../nn/mod.ts";
import { classCount } from "./_data.ts";
import { openModel } from "./_model.ts";
import { readOptions, wholeNumber } from "./_options.ts";
import { networkName, recipeName } from "./_recipe.ts";
import { NETWORKS } from "../models/mod.ts";
import { recipeSettings } from "../training/mod.ts";

/** What `summary --help` prints. */
export const help = `Print the network: its layers, shapes and sizes.

Usage: deno task summary [options]

  --model FILE      weights that must fit it
  --network N       the network: cnn, wider-cnn or mlp (the recipe's)
  --recipe R        whose network: notebook, fast or best (notebook)
  --classes N       how many classes it has (those of the weights, or 10)
  --batch-size N    images of a batch (100)
  --json            one JSON object
  --help            this text

Multiply-adds are those of convolutions and linear layers; memory is that of a
layer's output.`;

/** `deno task summary`. */
export async function summaryCommand(args: readonly string[]): Promise<void> {
  const { flags, values } = readOptions("summary", args, {
    values: {
      model: "",
      network: "",
      recipe: "notebook",
      classes: "",
      "batch-size": "100",
    },
    flags: ["json"],
  });
  if (flags.has("help")) return console.log(help);
  const size = values["batch-size"];
  const batchSize = wholeNumber("summary", "batch-size", size, 1);
  const recipe = recipeName("summary", values.recipe);
  const network = values.network === ""
    ? recipeSettings(recipe).network
    : networkName("summary", values.network);
  const classes = classCount("summary", values.classes);
  using device = CpuDevice.open({ threads: 1 });
  const model = values.model === ""
    ? NETWORKS[network](classes)
    : await openModel(device, values.model, classes);
  const shape = [batchSize, 1, 28, 28];
  if (!flags.has("json")) return console.log(summary(model, shape));
  console.log(JSON.stringify({ model: String(model), ...model.trace(shape) }));
}
