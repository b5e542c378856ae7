import { dirname, join } from "@std/path";
import { makeFolder } from "../formats/files.ts";

/** The folder and the checkpoint of a training. */
export interface Run {
  /** The folder of the run; it is there. */
  readonly folder: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
}

/** A folder named after this moment. */
export function newFolder(): string {
  const now = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  return join("runs", now);
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
    : newFolder();
  await makeFolder(folder);
  const path = named ?? join(folder, "checkpoint.safetensors");
  await makeFolder(dirname(path));
  return { folder, checkpoint: path };
}
