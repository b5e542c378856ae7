import { helpFor } from "../base/help.ts";
import { describe } from "../base/errors.ts";
import { show } from "./_malformed.ts";

/** The error of a name that no tensor of a file has. */
export function noTensor(file: string, name: string): RangeError {
  return new RangeError(describe({
    what: `${file}: tensor ${show(name)}`,
    expected: "a name of the file",
    got: "another one",
    help: helpFor({
      program: "See the names in `tensors.keys()`.",
      cli: (callOf) => `See the names with \`${callOf("inspect")}\`.`,
    }),
  }));
}
