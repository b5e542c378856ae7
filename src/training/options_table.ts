/**
 * The settings of a training, one row each. Types check the rows against
 * `TrainSettings`; the checks of a program's options, the parser of the command
 * line, `--help` and the completions read them.
 *
 * @module
 */

import { choices } from "../base/choices.ts";
import { NETWORKS } from "../models/networks.ts";
import { OPTIMIZERS } from "./_optimizers.ts";
import { SCHEDULES } from "./_schedule.ts";
import {
  augmentation,
  type Complaint,
  integer,
  oneOf,
  type OptionKind,
  partNames,
  positive,
  share,
  wholeNumbers,
} from "./_option_kinds.ts";
import { normalization } from "./normalization.ts";
import type { TrainSettings } from "./options.ts";
import { RECIPES } from "./recipes.ts";

/** Default and description of an option. */
interface OptionText<T> {
  /**
   * The value where neither options nor recipe set one. It is always valid: a
   * default outside the range, such as 0, disables the option.
   */
  readonly default: T;
  /** The section of `--help` that lists it. */
  readonly group: "recipe" | "training" | "learning";
  /** The placeholder of its value: `N` is a whole number, `X` any number. */
  readonly value: string;
  /** Its effect. */
  readonly help: string;
  /** The default as `--help` shows it, if not its value. */
  readonly shown?: string;
  /** Whether it may be given several times, a part of its list each time. */
  readonly repeats?: true;
}

/** A setting of a training. */
export type OptionRow<T> = OptionKind<T> & OptionText<T>;

/** The rows by the names of the settings. */
export type OptionsTable = {
  readonly [Name in keyof TrainSettings]: OptionRow<TrainSettings[Name]>;
};

/** All settings, in the order in which checkpoints store them. */
export const OPTIONS: OptionsTable = {
  recipe: {
    ...oneOf(RECIPES),
    default: "notebook",
    group: "recipe",
    value: "R",
    help: "network and options: notebook (as the PyTorch notebook), fast " +
      "(soonest at 99 %) or best (highest accuracy); explicit options " +
      "override the recipe",
  },
  network: {
    ...oneOf(NETWORKS),
    default: "cnn",
    group: "recipe",
    value: "N",
    help: `the network: ${choices(Object.keys(NETWORKS))}`,
    shown: "the recipe's",
  },
  epochs: {
    ...integer(1),
    default: 10,
    group: "training",
    value: "N",
    help: "passes over the training images",
  },
  batchSize: {
    ...integer(1),
    default: 100,
    group: "training",
    value: "N",
    help: "images of a batch",
  },
  lr: {
    ...positive(),
    default: 0.01,
    group: "training",
    value: "X",
    help: "learning rate, the peak where a schedule changes it",
  },
  schedule: {
    ...oneOf(SCHEDULES),
    default: "constant",
    group: "learning",
    value: "S",
    help: `learning-rate schedule: ${choices(Object.keys(SCHEDULES))}`,
  },
  stepSize: {
    ...integer(1),
    default: 1,
    group: "learning",
    value: "N",
    help: "epochs between two steps of the schedule step; epochs without a " +
      "lower loss that plateau puts up with",
  },
  milestones: {
    ...wholeNumbers(),
    default: [],
    group: "learning",
    value: "N,…",
    help: "epochs after which the schedule multistep steps: 5,8",
    shown: "",
  },
  gamma: {
    ...positive(),
    default: 0.1,
    group: "learning",
    value: "X",
    help: "factor of the rate at each step of a schedule; exponential's, of " +
      "every epoch",
  },
  warmup: {
    ...positive(),
    default: 0,
    group: "learning",
    value: "X",
    help: "epochs of linear warm-up before the schedule",
  },
  optimizer: {
    ...oneOf(OPTIMIZERS),
    default: "adam",
    group: "learning",
    value: "O",
    help: `${choices(Object.keys(OPTIMIZERS))}; adadelta wants --lr 1`,
  },
  weightDecay: {
    ...positive(),
    default: 0,
    group: "learning",
    value: "X",
    help: "L2 penalty; for adamw, decoupled weight decay",
  },
  clipGradNorm: {
    ...positive(),
    default: 0,
    group: "learning",
    value: "X",
    help: "maximum norm of all gradients together",
    shown: "no clipping",
  },
  emaDecay: {
    ...share(),
    default: 0,
    group: "learning",
    value: "X",
    help: "decay of a moving average of the weights, which is measured and " +
      "saved in their place: 0.999",
    shown: "no average",
  },
  labelSmoothing: {
    ...share(),
    default: 0,
    group: "learning",
    value: "X",
    help: "label smoothing, as in PyTorch",
  },
  augment: {
    ...augmentation(),
    default: {},
    group: "learning",
    value: "K=X,…",
    help: "random changes of the training images: rotate=10 and shear=10 " +
      "(degrees), shift=0.1 and scale=0.1 (shares of the size), elastic=30 " +
      "(strength), erase=0.5 (probability); or none",
    shown: "",
  },
  normalize: {
    ...normalization,
    default: [],
    group: "learning",
    value: "MEAN,STD",
    help: "normalise images, for MNIST by 0.1307,0.3081, in colours by " +
      "M,M,M,S,S,S; stored with the weights, and done wherever they are used",
    shown: "",
  },
  freeze: {
    ...partNames(),
    default: [],
    group: "learning",
    value: "PART,…",
    help: "layers that stay as they are, batch normalisation with its " +
      "statistics too: layer1",
    shown: "",
    repeats: true,
  },
  reset: {
    ...partNames(),
    default: [],
    group: "learning",
    value: "PART,…",
    help:
      "layers that do not take the weights of --init: fc, for other classes",
    shown: "",
    repeats: true,
  },
  seed: {
    ...integer(0),
    default: 0,
    group: "training",
    value: "N",
    help: "seed of initial weights, order and augmentation",
  },
  limit: {
    ...integer(1),
    default: 0,
    group: "training",
    value: "N",
    help: "train on the first N images only",
    shown: "all",
  },
  valFraction: {
    ...share(),
    default: 0,
    group: "training",
    value: "X",
    help:
      "measure on this fraction of the training images, held out, instead " +
      "of the test images: choose options with it",
    shown: "",
  },
  patience: {
    ...integer(0),
    default: 0,
    group: "training",
    value: "N",
    help: "stop after N epochs without improvement, and keep the best weights",
    shown: "",
  },
  targetAcc: {
    ...share(),
    default: 0,
    group: "training",
    value: "X",
    help: "stop when val_acc is at least this",
    shown: "",
  },
};

/** The names of the settings, in the order of the table. */
export const OPTION_NAMES = /* @__PURE__ */ Object.keys(
  OPTIONS,
) as (keyof TrainSettings)[];

/** How the command line spells a setting: `batchSize` is `--batch-size`. */
export function flagOf(name: keyof TrainSettings): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The complaint about an invalid value of a setting, or null. */
export function complaintOf<Name extends keyof TrainSettings>(
  name: Name,
  value: TrainSettings[Name],
): Complaint | null {
  const { default: off, check }: OptionRow<TrainSettings[Name]> = OPTIONS[name];
  return value === off ? null : check(value);
}
