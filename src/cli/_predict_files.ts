import type { Device } from "../devices/device.ts";
import { DataError, describe, FormatError } from "../base/errors.ts";
import type { PlacedDigit } from "../digits/digit_of.ts";
import { drawAscii } from "../digits/draw_ascii.ts";
import { drawImage } from "../digits/draw.ts";
import {
  type DigitPrediction,
  type Guess,
  predictDigits,
} from "../digits/predict_digits.ts";
import { readDigits } from "../digits/read_digit.ts";
import { classLabel, type ModelCard } from "../models/card.ts";
import type { Layer } from "../nn/module.ts";
import { type Given, Told } from "./_command.ts";
import { drawsColors } from "./_columns.ts";
import { jsonText } from "./_json.ts";
import type { OpenedModel } from "./_model.ts";
import { print } from "./_output.ts";

/** A picture, and what is seen in it. */
interface Seen {
  readonly file: string;
  readonly digits: readonly PlacedDigit[];
  readonly predictions: readonly Named[];
}

/** A prediction whose classes have their names. */
interface Named extends Omit<DigitPrediction, "digit" | "top"> {
  readonly digit: string | number;
  readonly top: readonly NamedGuess[];
}

type NamedGuess = Omit<Guess, "digit"> & { readonly digit: string | number };

type ClassNames = ModelCard["classNames"];

/** A picture in which nothing can be read, and why. */
interface Unread {
  readonly file: string;
  readonly error: string;
}

/**
 * Prints what a model sees in pictures, one line each, or as JSON. A picture
 * that cannot be read does not stop the others.
 *
 * @throws {Told} At the end, if there was one.
 */
export async function predictFiles(
  device: Device,
  { card, model, weights }: OpenedModel,
  { files, flags }: Given,
): Promise<void> {
  const [isJson, shows] = [flags.has("json"), flags.has("show")];
  const pictures: object[] = [];
  let unread = 0;
  for (const file of files) {
    const found = await lookAt(device, model, file, card);
    if ("error" in found) {
      unread++;
      console.error(`error: ${found.error}`);
      pictures.push(found);
    } else if (isJson) pictures.push(pictureJson(found, shows));
    else printSeen(found, shows);
  }
  if (isJson) console.log(jsonText({ pictures, weights }));
  if (unread > 0) throw new Told();
}

async function lookAt(
  device: Device,
  model: Layer,
  file: string,
  { classNames, temperature }: ModelCard,
): Promise<Seen | Unread> {
  try {
    const digits = file === "-"
      ? await readDigits(await standardInput(), "standard input")
      : await readDigits(file);
    const seen = await predictDigits(device, model, digits, {
      classNames,
      temperature,
    });
    const predictions = seen.map((each) => named(each, classNames));
    if (!predictions.some(({ isDigit }) => isDigit)) {
      throw noDigit(file, predictions);
    }
    return { file, digits, predictions };
  } catch (error) {
    // Whatever else is missing is missing for all pictures.
    const isItsOwn = error instanceof DataError || error instanceof FormatError;
    if (!isItsOwn) throw error;
    return { file, error: error.message };
  }
}

async function standardInput(): Promise<Uint8Array> {
  return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
}

/** The error of a picture whose drawings look like no digit. */
function noDigit(
  file: string,
  [{ top }]: readonly Named[],
): FormatError {
  return new FormatError(describe({
    what: file,
    expected: "a digit",
    got: `no digit: what is drawn is like ${top.map(guess).join(", ")}`,
    help: "Draw digits from 0 to 9, apart from each other; --show draws what " +
      "the network looks at.",
  }));
}

/** The digits one after another, `?` for what is none; a line after a space. */
function numberOf({ digits, predictions }: Seen): string {
  return predictions.map(({ digit, isDigit }, at) => {
    const isNext = at > 0 && digits[at].line > digits[at - 1].line;
    return (isNext ? " " : "") + (isDigit ? digit : "?");
  }).join("");
}

function pictureJson(seen: Seen, shows: boolean): object {
  const { digits, file, predictions } = seen;
  const found = predictions.map((prediction, at) => {
    const { box, image, isDark, line } = digits[at];
    return {
      ...prediction,
      box,
      line,
      darkOnLight: isDark,
      pixels: shows ? [...image.data] : undefined,
    };
  });
  // Of one digit the object has all itself.
  const only = found.length === 1 ? found[0] : {};
  return { file, ...only, number: numberOf(seen), digits: found };
}

function printSeen(seen: Seen, shows: boolean): void {
  const { digits, file, predictions } = seen;
  const [{ top, ...first }] = predictions;
  if (digits.length === 1) {
    const likeliest = top.map(guess).join(", ");
    print(`${file}: ${guess(first)}; top ${top.length}: ${likeliest}`);
  } else {
    const each = predictions.map(guess).join(", ");
    print(`${file}: ${numberOf(seen)}; digits: ${each}`);
  }
  if (!shows) return;
  for (const [at, { box, image }] of digits.entries()) {
    const { height, left, top, width } = box;
    if (digits.length > 1) {
      print(
        `${predictions[at].digit}: ${width} × ${height} pixels at ` +
          `${left}, ${top}`,
      );
    }
    const color = drawsColors();
    console.log(color ? drawImage(image, { color }) : drawAscii(image));
  }
}

function named(prediction: DigitPrediction, names: ClassNames): Named {
  const withName = ({ digit, probability }: Guess) => ({
    digit: classLabel(digit, names),
    probability,
  });
  const top = prediction.top.map(withName);
  return { ...prediction, ...withName(prediction), top };
}

function guess({ digit, probability }: NamedGuess): string {
  return `${digit} ${(100 * probability).toFixed(2)} %`;
}
