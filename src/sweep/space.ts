import { describe } from "../base/errors.ts";
import { RandomGenerator } from "../core/random.ts";
import {
  complaintOf,
  flagOf,
  OPTIONS,
  type TrainSettings,
} from "../training/mod.ts";

/** The values of one option that a sweep tries, in the order of the list. */
export interface ListAxis {
  /** The option. */
  readonly name: keyof TrainSettings;
  /** Its values, as the command line writes them. */
  readonly values: readonly string[];
}

/** The values of one option that a random search draws from. */
export interface RangeAxis {
  /** The option. */
  readonly name: keyof TrainSettings;
  /** Its least value. */
  readonly low: number;
  /** Its greatest value. */
  readonly high: number;
}

/** An option that differs between the settings of a sweep. */
export type Axis = ListAxis | RangeAxis;

/** The text of a value for each axis, by the option as the command line spells it. */
export type Setting = Readonly<Record<string, string>>;

/** Options whose ranges are drawn from evenly in the logarithm. */
const logarithmic: readonly (keyof TrainSettings)[] = ["lr", "weightDecay"];

/** Digits of a drawn number: enough to search, and few to type again. */
const digits = 3;

/**
 * The values of an option that is given as a list, `0.003,0.01`, or as a range,
 * `1e-4:1e-1`; or null where one value is given.
 *
 * @throws {RangeError} If a value is none that the option may have, or a range
 * has no numbers in rising order.
 */
export function axisOf(name: keyof TrainSettings, text: string): Axis | null {
  // A value with commas of its own, such as that of `milestones`, is one value.
  if (OPTIONS[name].value.includes(",")) return null;
  if (text.includes(":")) return rangeOf(name, text);
  if (!text.includes(",")) return null;
  const values = text.split(",");
  for (const value of values) checkText(name, value);
  const repeated = values.find((value, at) => values.indexOf(value) < at);
  if (repeated !== undefined) {
    throw wrong(name, "each value once", `${repeated} twice`);
  }
  return { name, values };
}

/** Whether values of an axis are drawn. */
export function isRange(axis: Axis): axis is RangeAxis {
  return "low" in axis;
}

function isList(axis: Axis): axis is ListAxis {
  return !isRange(axis);
}

/** Every combination of the values; the last axis changes first. */
export function grid(axes: readonly ListAxis[]): Setting[] {
  return axes.reduce<Setting[]>(
    (settings, { name, values }) =>
      settings.flatMap((setting) =>
        values.map((value) => ({ ...setting, [flagOf(name)]: value }))
      ),
    [{}],
  );
}

/**
 * Different settings drawn at random, the same ones for the same seed. There are
 * fewer than asked for only where there are no more to be found.
 */
export function sample(
  axes: readonly Axis[],
  count: number,
  seed: number,
): Setting[] {
  const generator = new RandomGenerator(seed);
  if (axes.every(isList)) {
    const all = grid(axes);
    return Array.from(generator.permutation(all.length), (at) => all[at])
      .slice(0, count);
  }
  const found = new Map<string, Setting>();
  for (let drawn = 0; drawn < 100 * count && found.size < count; drawn++) {
    const setting = Object.fromEntries(
      axes.map((axis) => [flagOf(axis.name), draw(axis, generator)]),
    );
    found.set(JSON.stringify(setting), setting);
  }
  return [...found.values()];
}

function draw(axis: Axis, generator: RandomGenerator): string {
  const unit = generator.random() / 2 ** 32;
  if (!isRange(axis)) return axis.values[Math.floor(unit * axis.values.length)];
  const { high, low, name } = axis;
  if (isWhole(name)) return String(low + Math.floor(unit * (high - low + 1)));
  const value = logarithmic.includes(name)
    ? low * (high / low) ** unit
    : low + (high - low) * unit;
  return String(Number(value.toPrecision(digits)));
}

function rangeOf(name: keyof TrainSettings, text: string): RangeAxis {
  const ends = text.split(":");
  for (const end of ends) checkText(name, end);
  const [low, high] = ends.map(Number);
  if (ends.length !== 2 || !(low < high)) {
    throw wrong(name, "a range LOW:HIGH of two numbers", text);
  }
  if (logarithmic.includes(name) && low === 0) {
    throw wrong(name, "a range above 0, drawn from in the logarithm", text);
  }
  return { name, low, high };
}

/** The placeholder `N` of the options' table is a whole number. */
function isWhole(name: keyof TrainSettings): boolean {
  return OPTIONS[name].value === "N" && typeof OPTIONS[name].default ===
      "number";
}

function checkText(name: keyof TrainSettings, text: string): void {
  const complaint = complaintOf(name, OPTIONS[name].parse(text) as never);
  if (text.trim() === "" || complaint !== null) {
    throw wrong(name, complaint?.expected ?? "a value", text || "nothing");
  }
}

function wrong(name: keyof TrainSettings, expected: string, got: string) {
  return new RangeError(describe({
    what: `sweep: --${flagOf(name)}`,
    expected,
    got,
    help: "A list is A,B,C; a range of numbers, LOW:HIGH, goes with --trials.",
  }));
}
