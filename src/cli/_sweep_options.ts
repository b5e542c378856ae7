import { callOf } from "./_call.ts";
import type { Option, OptionGroup } from "./_command.ts";
import { dataOptions } from "./_data_options.ts";
import { machineOptions } from "./_machine.ts";
import { keyOption } from "./_model.ts";
import { settingOptions } from "./_train_settings.ts";

/** `--queue`, which those who give and those who take trials have. */
export function queueOption(help: string): Option {
  return { name: "queue", value: "URL", help };
}

/** The options of the search. */
const searchOptions: readonly Option[] = [
  {
    name: "seeds",
    value: "N,N,…",
    default: "0",
    help: "train every setting with each of these seeds; their mean counts",
  },
  {
    name: "trials",
    value: "N",
    help: "random search: N settings, from lists and from ranges LOW:HIGH",
    shown: "grid search: all combinations of the lists",
  },
  {
    name: "search-seed",
    value: "N",
    default: "0",
    help: "seed of the random search",
  },
  {
    name: "jobs",
    value: "N",
    default: "1",
    help: "trials at a time, which share the cores of the CPU",
  },
  queueOption(`put the trials into this queue, for each ${callOf("worker")}`),
];

/** The options that a sweep, but no training has. */
const halvingOptions: readonly Option[] = [
  { name: "halving", help: "stop bad settings early" },
  {
    name: "reduction-factor",
    value: "N",
    default: "3",
    help: "of the settings at a rung the best 1/N go on",
  },
  {
    name: "min-resource",
    value: "N",
    default: "1",
    help: "the fewest epochs of a rung",
  },
];

const folderOptions: readonly Option[] = [
  {
    name: "run",
    value: "DIR",
    help: "folder of the sweep, with a run's folder for each trial",
    shown: "runs/sweep-TIME",
  },
  {
    name: "resume",
    value: "DIR",
    help: "go on with the sweep in this folder, as it was called",
  },
  {
    name: "init",
    value: "FILE",
    help: "weights that every trial starts from",
    shown: "random values",
  },
  keyOption,
];

/** The fraction that a sweep holds out where none is given. */
export const heldOut = "0.1";

/** The options of a training that a sweep takes, one value or several. */
const learningOptions = (["recipe", "training", "learning"] as const)
  .flatMap(settingOptions)
  .filter(({ name }) => name !== "seed")
  .map((option) =>
    option.name !== "val-fraction" ? option : {
      ...option,
      help: "compare settings on this fraction of the training images, held " +
        "out; 0 for the test images, as train measures",
      shown: heldOut,
    }
  );

/** The options of `sweep`. */
export const sweepGroups: readonly OptionGroup[] = [
  { options: searchOptions },
  { title: "Successive halving", options: halvingOptions },
  { title: "Training, each one value, or a list", options: learningOptions },
  { title: "Files", options: [...folderOptions, ...dataOptions()] },
  {
    title: "Output",
    options: [
      { name: "json", help: "one JSON object at the end, and nothing else" },
      { name: "quiet", help: "nothing but errors" },
      { name: "verbose", help: "what each trial says of itself, on stderr" },
    ],
  },
  { title: "Machine", options: machineOptions },
];

/** Options that may be given anew where a sweep goes on. */
export const resumeOptions = [
  ...["resume", "jobs", "queue", "json", "quiet", "verbose"],
];
