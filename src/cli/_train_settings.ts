import type { NetworkName } from "../models/mod.ts";
import {
  AUGMENTATIONS,
  type AugmentSettings,
  readCheckpoint,
  type RecipeName,
  SCHEDULES,
  settingsOf,
  type TrainSettings,
} from "../training/mod.ts";
import { positiveNumber, usage, UsageError, wholeNumber } from "./_options.ts";
import { networkName, recipeName } from "./_recipe.ts";

/** The options of `train` that are settings; "" is not given. */
export const settingOptions = {
  recipe: "",
  network: "",
  epochs: "",
  "batch-size": "",
  lr: "",
  seed: "",
  limit: "",
  patience: "",
  "target-acc": "",
  schedule: "",
  "step-size": "",
  gamma: "",
  warmup: "",
  optimizer: "",
  "weight-decay": "",
  "clip-grad-norm": "",
  "label-smoothing": "",
  augment: "",
  "val-fraction": "",
} as const satisfies Record<string, string>;

type Values = Readonly<Record<string, string>>;

/** The settings that were given. */
export function trainSettings(values: Values): Partial<TrainSettings> {
  const read = new Reader(values);
  return {
    recipe: read.recipe("recipe"),
    network: read.network("network"),
    epochs: read.whole("epochs", 1),
    batchSize: read.whole("batch-size", 2),
    lr: read.positive("lr"),
    seed: read.whole("seed", 0),
    limit: read.whole("limit", 1),
    patience: read.whole("patience", 0),
    targetAcc: read.share("target-acc"),
    schedule: read.oneOf("schedule", SCHEDULES),
    stepSize: read.whole("step-size", 1),
    gamma: read.positive("gamma"),
    warmup: read.positive("warmup"),
    optimizer: read.oneOf("optimizer", ["adam", "adamw"]),
    weightDecay: read.positive("weight-decay"),
    clipGradNorm: read.positive("clip-grad-norm"),
    labelSmoothing: read.share("label-smoothing"),
    augment: read.augment("augment"),
    valFraction: read.share("val-fraction"),
  };
}

/**
 * Refuses settings that do not go together, or not with the checkpoint to go on
 * from, before anything else is opened.
 *
 * @param resume The checkpoint's file; "" is none.
 */
export async function checkSettings(
  settings: Partial<TrainSettings>,
  resume: string,
): Promise<void> {
  const checkpoint = resume === "" ? null : await readCheckpoint(resume);
  try {
    settingsOf(settings, checkpoint?.settings ?? null);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/** Reads what was given; what was not is undefined. */
class Reader {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  whole(name: string, least: number): number | undefined {
    return this.#given(name, (text) => wholeNumber("train", name, text, least));
  }

  positive(name: string): number | undefined {
    return this.#given(name, (text) => positiveNumber("train", name, text));
  }

  share(name: string): number | undefined {
    return this.#given(name, (text) => {
      const value = Number(text);
      if (value > 0 && value < 1) return value;
      throw usage(
        "train",
        `--${name}: expected a number between 0 and 1, got ${text}`,
      );
    });
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    return this.#given(name, (text) => {
      const found = known.find((value) => value === text);
      if (found !== undefined) return found;
      throw usage(
        "train",
        `--${name}: expected ${known.join(", ")}, got ${text}`,
      );
    });
  }

  recipe(name: string): RecipeName | undefined {
    return this.#given(name, (text) => recipeName("train", text));
  }

  network(name: string): NetworkName | undefined {
    return this.#given(name, (text) => networkName("train", text));
  }

  augment(name: string): AugmentSettings | undefined {
    return this.#given(name, (text) => {
      const parts = text === "none" ? [] : text.split(",");
      const given = new Map(parts.map((part) => {
        const [kind, amount = ""] = part.split("=");
        return [kind, positiveNumber("train", `${name} ${kind}`, amount)];
      }));
      const unknown = [...given.keys()].find((kind) =>
        !AUGMENTATIONS.some((known) => known === kind)
      );
      if (unknown !== undefined) {
        const known = AUGMENTATIONS.join(", ");
        throw usage("train", `--${name}: expected ${known}, got ${unknown}`);
      }
      // Always in the same order, so that settings can be compared as text.
      return Object.fromEntries(
        AUGMENTATIONS.filter((kind) => given.has(kind))
          .map((kind) => [kind, given.get(kind)]),
      );
    });
  }

  #given<T>(name: string, read: (text: string) => T): T | undefined {
    const text = this.#values[name];
    return text === "" ? undefined : read(text);
  }
}
