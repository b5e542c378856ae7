/** What is known of a data set whose files do not say it. */
export interface KnownData {
  /** The names of the classes. Default: their numbers. */
  readonly classNames?: readonly string[];
  /** The least label. Default 0. */
  readonly firstLabel?: number;
  /** Whether rows and columns are exchanged in its files. */
  readonly isTransposed?: boolean;
}

const digits = [..."0123456789"];
const lowercase = [..."abcdefghijklmnopqrstuvwxyz"];
const uppercase = lowercase.map((letter) => letter.toUpperCase());
const merged = [...digits, ...uppercase, ..."abdefghnqrt"];

/** EMNIST's parts, by the word that stands in the names of their files. */
export const EMNIST: Readonly<Record<string, KnownData>> = {
  letters: { classNames: lowercase, firstLabel: 1, isTransposed: true },
  digits: { classNames: digits, isTransposed: true },
  balanced: { classNames: merged, isTransposed: true },
  bymerge: { classNames: merged, isTransposed: true },
  byclass: {
    classNames: [...digits, ...uppercase, ...lowercase],
    isTransposed: true,
  },
  mnist: { classNames: digits, isTransposed: true },
};

/** Fashion-MNIST's classes. */
export const FASHION_MNIST: KnownData = {
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
};

/** KMNIST's classes. */
export const KMNIST: KnownData = {
  classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
};

/** EMNIST's own names, and those of its tables at Kaggle. */
const emnistFile = /^emnist-(letters|digits|balanced|bymerge|byclass|mnist)-/i;

/** torchvision's folders, and the names that the tables at Kaggle have. */
const BY_NAME: readonly (readonly [RegExp, KnownData])[] = [
  [/^fashion[-_ ]?mnist/i, FASHION_MNIST],
  [/^(?:kmnist|kuzushiji[-_ ]?mnist)/i, KMNIST],
];

/**
 * What the names of a file and of its folders tell of its data set: EMNIST's
 * images lie on their sides, whoever reads them.
 *
 * @param path The file.
 */
export function knownOf(path: string): KnownData {
  const names = path.split(/[/\\]/).reverse();
  const part = emnistFile.exec(names[0])?.[1].toLowerCase();
  if (part !== undefined) return EMNIST[part];
  // The file, its folder, and the one around `raw`.
  for (const [pattern, known] of BY_NAME) {
    if (names.slice(0, 3).some((name) => pattern.test(name))) return known;
  }
  return {};
}
