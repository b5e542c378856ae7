import { join } from "@std/path";
import { DataError, describe, FormatError } from "../../base/errors.ts";
import { csvLayout, readCsv } from "./csv.ts";
import type { FolderFormat, FoundPart } from "./format.ts";

const isCsv = /\.[ct]sv(?:\.gz)?$/i;
const isTrain = /(?:^|[-_. ])train(?:ing)?(?=[-_. ])/i;
const isTest = /(?:^|[-_. ])(?:test|t10k|val|valid|validation)(?=[-_. ])/i;

/** Kaggle's files for the answers. */
const isAnswer = /submission/i;

/** Tables of pixels: `train.csv` and `test.csv` as Kaggle has them. */
export const csvFiles: FolderFormat = {
  reads: "train.csv and test.csv (label,pixel0,…; .gz too)",
  async find({ files, path }) {
    const all = files.filter((name) =>
      isCsv.test(name) && !isAnswer.test(name)
    );
    const tests = all.filter((name) => isTest.test(name));
    const named = all.filter((name) => isTrain.test(name));
    const others = all.filter((name) => !tests.includes(name));
    const test = only(tests, path);
    const train = only(named.length > 0 ? named : others, path);
    if (train === null && test === null) return null;
    return {
      source: test === null ? train! : path,
      train: train === null ? null : await partOf(train, true),
      test: test === null ? null : await partOf(test, false),
      files: [train, test].filter((name) => name !== null),
      needs: { train: "train.csv", test: "test.csv" },
      holdsOut: true,
    };
  },
};

async function partOf(path: string, needsLabels: boolean): Promise<FoundPart> {
  const layout = await csvLayout(path);
  if (needsLabels && layout.label < 0) {
    throw new FormatError(describe({
      what: path,
      expected: "a column of labels: label,pixel0,pixel1,…",
      got: `${layout.columns} columns of pixels`,
      help: "Give the table that has the labels too.",
    }));
  }
  return {
    name: path,
    isLabelled: layout.label >= 0,
    read: () => readCsv(path, layout),
  };
}

function only(names: readonly string[], path: string): string | null {
  if (names.length === 0) return null;
  if (names.length === 1) return join(path, names[0]);
  throw new DataError(describe({
    what: path,
    expected: "one table of each part",
    got: names.join(" and "),
    help: "Put every data set into a folder of its own, or give a file.",
  }));
}
