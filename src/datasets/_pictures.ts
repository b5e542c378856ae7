import { join } from "@std/path";
import { DataError, describe, FormatError } from "../base/errors.ts";
import {
  type FolderFormat,
  type FoundPart,
  type ImageRows,
  labelArray,
  list,
  type Listing,
} from "../data/folder/mod.ts";
import { decodeImage, type Pixels } from "../digits/decode.ts";
import { readFile } from "../formats/files.ts";

/** Names of pictures: those that cannot be decoded are refused, not left out. */
const isPicture =
  /\.(?:png|jpe?g|jfif|bmp|p[bgnp]m|gif|webp|avif|tiff?|hei[cf]|jxl|jp2)$/i;
const isTrain = /^train(?:ing)?$/i;
const isTest = /^(?:test(?:ing)?|val|valid|validation)$/i;

/** Most bytes of pixels that are read. */
const mostBytes = 2 ** 31;

/** The pictures of a class. */
interface PictureClass {
  readonly name: string;
  readonly paths: readonly string[];
}

/**
 * A folder of pictures for each class, as torchvision's `ImageFolder` has them,
 * in `train` and `test`, or in one folder that is divided.
 */
export const pictures: FolderFormat = {
  reads: "a folder of pictures for each class (train/cat/1.png, " +
    "test/cat/2.png, or cat/1.png)",
  async find(folder) {
    const part = async (pattern: RegExp) => {
      const name = /* @__PURE__ */ folder.folders.find((name) =>
        pattern.test(name)
      );
      if (name === undefined) return [];
      return await classesIn(await list(join(folder.path, name)));
    };
    const [train, test] = [await part(isTrain), await part(isTest)];
    const all = train.length + test.length > 0
      ? train
      : await classesIn(folder);
    const known = all.length > 0 ? all : test;
    if (known.length < 2) return null;
    return {
      source: folder.path,
      files: known.map(({ paths }) => paths[0]),
      train: all.length === 0 ? null : partOf(folder.path, all, known),
      test: test.length === 0 ? null : partOf(folder.path, test, known),
      needs: { train: "train/CLASS/….png", test: "test/CLASS/….png" },
      holdsOut: true,
    };
  },
};

/** The folders with pictures in them, by name, and what folders in these have. */
async function classesIn(folder: Listing | null): Promise<PictureClass[]> {
  if (folder === null) return [];
  const classes: PictureClass[] = [];
  for (const name of folder.folders) {
    const inside = await list(join(folder.path, name));
    if (!inside?.files.some((file) => isPicture.test(file))) continue;
    classes.push({ name, paths: await picturesIn(inside) });
  }
  return classes;
}

/**
 * The pictures of a folder, then those of its folders, as torchvision walks,
 * but for links to a folder that they lie in, which have no end.
 *
 * @param above The folders that are being walked.
 */
async function picturesIn(
  folder: Listing,
  above: readonly string[] = [],
): Promise<string[]> {
  const paths = folder.files.filter((file) => isPicture.test(file))
    .map((file) => join(folder.path, file));
  if (folder.folders.length === 0) return paths;
  const here = [...above, await Deno.realPath(folder.path)];
  for (const name of folder.folders) {
    const path = join(folder.path, name);
    const real = await Deno.realPath(path);
    // What this folder is in leads back here, whatever it is reached by.
    if (here.some((one) => one === real || one.startsWith(join(real, "/")))) {
      continue;
    }
    const inside = await list(path);
    if (inside !== null) paths.push(...await picturesIn(inside, here));
  }
  return paths;
}

function partOf(
  source: string,
  classes: readonly PictureClass[],
  known: readonly PictureClass[],
): FoundPart {
  return {
    name: source,
    isLabelled: true,
    read: () => readClasses(source, classes, known),
  };
}

/**
 * @param known The classes of the training images: they number them, and their
 * first pictures tell the size and whether there are colours.
 */
async function readClasses(
  source: string,
  classes: readonly PictureClass[],
  known: readonly PictureClass[],
): Promise<ImageRows> {
  const names = known.map(({ name }) => name);
  const firsts: Pixels[] = [];
  for (const { paths } of known) firsts.push(await decoded(paths[0]));
  const [{ height, width }] = firsts;
  const channels = firsts.some(hasColours) ? 3 : 1;
  const size = channels * height * width;
  const count = classes.reduce((sum, { paths }) => sum + paths.length, 0);
  if (count * size > mostBytes) {
    throw new FormatError(describe({
      what: source,
      expected: "at most 2 GiB of pixels",
      got: `${count} pictures of ${height} × ${width}`,
      help: "Make the pictures smaller.",
    }));
  }
  const images = new Uint8Array(count * size);
  const labels: number[] = [];
  for (const { name, paths } of classes) {
    const label = names.indexOf(name);
    if (label < 0) throw unknownClass(paths[0], name, names);
    for (const path of paths) {
      const picture = await decoded(path);
      if (picture.height !== height || picture.width !== width) {
        throw otherSize(path, picture, known[0].paths[0], firsts[0]);
      }
      const start = labels.length * size;
      write(picture, images.subarray(start, start + size), channels);
      labels.push(label);
    }
  }
  return {
    images,
    shape: [channels, height, width],
    labels: labelArray(labels),
    labelsName: source,
    classNames: names,
  };
}

async function decoded(path: string): Promise<Pixels> {
  return await decodeImage(await readFile(path), path);
}

/** Whether red, green and blue differ anywhere. */
function hasColours({ channels, data }: Pixels): boolean {
  if (channels < 3) return false;
  for (let at = 0; at < data.length; at += channels) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return true;
  }
  return false;
}

/** Writes the colours, or their brightness by ITU-R BT.601; alpha is left out. */
function write(picture: Pixels, row: Uint8Array, channels: number): void {
  const { channels: own, data, white } = picture;
  const area = row.length / channels;
  for (let pixel = 0; pixel < area; pixel++) {
    const at = pixel * own;
    const [red, green, blue] = own < 3
      ? [data[at], data[at], data[at]]
      : [data[at], data[at + 1], data[at + 2]];
    const values = channels === 3
      ? [red, green, blue]
      : [0.299 * red + 0.587 * green + 0.114 * blue];
    for (const [channel, value] of values.entries()) {
      row[channel * area + pixel] = Math.round(value * 255 / white);
    }
  }
}

function unknownClass(
  path: string,
  name: string,
  names: readonly string[],
): DataError {
  return new DataError(describe({
    what: path,
    expected: `a class of the training pictures: ${names.join(", ")}`,
    got: name,
    help: "Name the folders of both parts alike.",
  }));
}

function otherSize(
  path: string,
  picture: Pixels,
  first: string,
  expected: Pixels,
): FormatError {
  return new FormatError(describe({
    what: path,
    expected: `${expected.height} × ${expected.width} pixels, as ${first} has`,
    got: `${picture.height} × ${picture.width}`,
    help: "Bring all pictures to one size first.",
  }));
}
