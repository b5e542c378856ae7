import { isNormalization } from "./is_normalization.ts";

/** What weights were trained with: the metadata beside them. */
export interface ModelCard {
  /** Channels, height and width of the images. Default: MNIST's. */
  readonly inputShape?: readonly number[];
  /** The names of the classes. Default: their numbers, from 0. */
  readonly classNames?: readonly string[];
  /**
   * Mean and standard deviation by which images were normalised; or the means of
   * all channels, then the standard deviations.
   */
  readonly normalize?: readonly number[];
  /**
   * What logits are divided by before the softmax, so that probabilities are as
   * often right as they say: Guo et al., 2017, arXiv:1706.04599. Default 1.
   */
  readonly temperature?: number;
}

/** MNIST's images, which metadata do not name. */
const usualShape = "1,28,28";

/** The card in the metadata of a file; what is damaged there is left out. */
export function cardOf(
  metadata: Readonly<Record<string, string>>,
): ModelCard {
  const inputShape = numbersIn(metadata.input_shape);
  const classNames = namesIn(metadata.class_names);
  const normalize = numbersIn(metadata.normalize);
  const isShape = inputShape?.every((size) =>
    Number.isInteger(size) && size > 0
  );
  const isNormalize = normalize !== undefined && isNormalization(normalize);
  const temperature = Number(metadata.temperature);
  return {
    ...(isShape ? { inputShape } : {}),
    ...(classNames === undefined ? {} : { classNames }),
    ...(isNormalize ? { normalize } : {}),
    ...(temperature > 0 && temperature < Infinity ? { temperature } : {}),
  };
}

/** The metadata of a card. What is as for MNIST is left out. */
export function cardMetadata(
  { classNames, inputShape, normalize = [], temperature = 1 }: ModelCard,
): Record<string, string> {
  const shape = inputShape?.join(",");
  return {
    ...(shape === undefined || shape === usualShape
      ? {}
      : { input_shape: shape }),
    ...(classNames === undefined
      ? {}
      : { class_names: JSON.stringify(classNames) }),
    ...(normalize.length === 0 ? {} : { normalize: normalize.join(",") }),
    ...(temperature === 1 ? {} : { temperature: String(temperature) }),
  };
}

/**
 * A class as it is printed: its name, a number where that is one.
 *
 * @param index The class, from 0.
 */
export function classLabel(
  index: number,
  classNames: readonly string[] | undefined,
): string | number {
  const name = classNames?.[index];
  if (name === undefined) return index;
  return /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : name;
}

function numbersIn(text: string | undefined): number[] | undefined {
  const numbers = text?.split(",").map(Number);
  return numbers?.every(Number.isFinite) ? numbers : undefined;
}

function namesIn(text = "null"): string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    const areNames = Array.isArray(names) &&
      names.every((name) => typeof name === "string");
    return areNames ? names : undefined;
  } catch {
    return undefined; // No text of ours.
  }
}
