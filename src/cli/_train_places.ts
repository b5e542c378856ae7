import { dirname, join } from "@std/path";
import { checkWritable, makeFolder } from "../formats/files.ts";
import { bestPath } from "../training/mod.ts";
import { usage } from "./_options.ts";
import { checkDistinct, dataFilesIn, type Place } from "./_places.ts";
import type { Training } from "./_seeds.ts";

/**
 * Rejects names of files that cannot be written, or are one file, before
 * anything is trained. The run's folder may be one that is still to be made.
 */
export async function checkPlaces(
  trainings: readonly Training[],
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { data, dataset, init, plot, report, resume, run } = values;
  const checkpoint = values.checkpoint === "" ? resume : values.checkpoint;
  if (await isFolder(resume)) {
    const meant = join(resume, "checkpoint.safetensors");
    const what = `--resume: expected a checkpoint, got the folder ${resume}`;
    throw usage("train", what, meant);
  }
  const outputs: Place[] = [
    ...trainings.flatMap(({ logs, out }) => [
      { option: "--out", path: out },
      { option: "--log-json", path: logs.json },
      { option: "--log-csv", path: logs.csv },
    ]),
    { option: "--report", path: report },
    { option: "--plot", path: plot },
    { option: "--checkpoint", path: checkpoint },
    {
      option: "the best weights beside --checkpoint",
      path: checkpoint === "" ? "" : bestPath(checkpoint),
    },
  ];
  const inputs = [
    { option: "--resume", path: resume },
    { option: "--init", path: init },
    ...(await dataFilesIn(data)).map((path) => ({ option: "--data", path })),
    ...(await dataFilesIn(dataset)).map((path) => ({
      option: "--dataset",
      path,
    })),
  ];
  await checkDistinct("train", { inputs, outputs }, [
    ["--resume", "--checkpoint"],
    ["--init", "--out"],
  ]);
  const paths = outputs.map(({ path }) => path).filter((path) => path !== "");
  const isInRun = (path: string) => join(dirname(path)) === join(run);
  if (run !== "" && paths.some(isInRun)) await makeFolder(run);
  for (const path of paths) await checkWritable(path);
}

async function isFolder(path: string): Promise<boolean> {
  return path !== "" &&
    await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
