import {
  flagOf,
  OPTION_NAMES,
  type OptionRow,
  OPTIONS,
  readCheckpoint,
  readInitialWeights,
  settingsOf,
  type TrainOptions,
  type TrainSettings,
} from "../training/mod.ts";
import type { Option } from "./_command.ts";
import { checkedValue, UsageError } from "./_options.ts";

type Values = Readonly<Record<string, string>>;

/** The settings of a group, as options of the command line. */
export function settingOptions(
  group: OptionRow<unknown>["group"],
): Option[] {
  return OPTION_NAMES.filter((name) => OPTIONS[name].group === group)
    .map((name) => {
      const row: OptionRow<unknown> = OPTIONS[name];
      const { choices, default: value, help, repeats, shown } = row;
      return {
        name: flagOf(name),
        value: row.value,
        choices,
        repeats,
        help,
        shown: shown ?? String(value),
      };
    });
}

/** The value of a setting, checked. */
function settingOf<Name extends keyof TrainSettings>(
  command: string,
  name: Name,
  text: string,
): TrainSettings[Name] {
  const row: OptionRow<TrainSettings[Name]> = OPTIONS[name];
  return checkedValue(command, flagOf(name), text, row);
}

/** The settings among the options that were given. */
export function givenSettings(
  command: string,
  values: Values,
): Partial<TrainSettings> {
  const entries = OPTION_NAMES
    .map((name) => [name, values[flagOf(name)] ?? ""] as const)
    .filter(([, text]) => text !== "")
    .map(([name, text]) => [name, settingOf(command, name, text)]);
  return Object.fromEntries(entries);
}

/** The value of a setting, as the command line writes it. */
export function settingText(value: TrainSettings[keyof TrainSettings]): string {
  if (typeof value !== "object") return String(value);
  const entries = Array.isArray(value)
    ? value.map(String)
    : Object.entries(value).map(([name, value]) => `${name}=${value}`);
  return entries.length === 0 ? "none" : entries.join(",");
}

/** All settings of a training in a sentence. */
export function settingsText(settings: Readonly<TrainSettings>): string {
  return OPTION_NAMES
    .map((name) => `${flagOf(name)} ${settingText(settings[name])}`)
    .join(", ");
}

/**
 * Refuses settings that do not go together, or not with the checkpoint to
 * resume or the weights to start from, before anything else is opened.
 *
 * @param resume The checkpoint's file; "" is none.
 */
export async function checkSettings(
  options: TrainOptions,
  resume: string,
): Promise<void> {
  const checkpoint = resume === "" ? null : await readCheckpoint(resume);
  const initial = await readInitialWeights(options);
  try {
    settingsOf(options, checkpoint?.settings ?? null, initial?.settings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
