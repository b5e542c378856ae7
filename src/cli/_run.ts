import { dirname, join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { makeFolder, makeNewFolder } from "../formats/files.ts";

/** The folder and the checkpoint of a training. */
export interface Run {
  /** The folder of the run; it is there. */
  readonly folder: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
}

/**
 * Makes a folder named after this moment. Of programs that start in the same
 * second each gets one of its own.
 *
 * @param prefix What its name begins with.
 * @throws {DataError} If nothing can be written where the user stands.
 */
export async function newFolder(prefix = ""): Promise<string> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const now = `${prefix}${time}`;
  await makeFolder("runs").catch((error: Error) => {
    throw notHere(error);
  });
  for (let count = 1;; count++) {
    const folder = join("runs", count === 1 ? now : `${now}-${count}`);
    if (await makeNewFolder(folder)) return folder;
  }
}

/**
 * The folder and the checkpoint of a run: those named, those of the checkpoint
 * to resume, or a folder of its own for this moment under `runs`.
 */
export async function openRun(
  values: Readonly<Record<"run" | "checkpoint" | "resume", string>>,
): Promise<Run> {
  const { checkpoint, resume, run } = values;
  const named = [checkpoint, resume].find((path) => path !== "");
  const folder = run !== ""
    ? run
    : named !== undefined
    ? dirname(named)
    : await newFolder();
  await makeFolder(folder);
  const path = named ?? join(folder, "checkpoint.safetensors");
  await makeFolder(dirname(path));
  return { folder, checkpoint: path };
}

/** A run has a checkpoint, and so a folder, wherever its weights go. */
function notHere(error: Error): DataError {
  const { message } = error.cause as Error;
  return new DataError(
    describe({
      what: "cannot make folder runs for what the run leaves",
      got: message,
      help: "Name a folder that you may write: --run DIR.",
    }),
    { cause: error.cause },
  );
}
