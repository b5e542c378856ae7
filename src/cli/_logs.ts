import { writeFileAtomic } from "../formats/files.ts";
import type { StepLoss, Trainer } from "../training/mod.ts";
import { epochRecord } from "./_epoch_text.ts";
import { jsonText } from "./_json.ts";
import type { Unwritten } from "./_unwritten.ts";

/** Paths of the logs of a training; "" is none. */
export interface LogPaths {
  /** A line of JSON for each epoch. */
  readonly json: string;
  /** A table of steps and epochs, as Lightning's `CSVLogger` writes it. */
  readonly csv: string;
}

/** The columns of a CSV log: what a row does not tell is empty. */
const columns = [
  ...["epoch", "step", "loss_step", "loss", "acc", "val_loss", "val_acc"],
  ...["lr", "train_seconds", "eval_seconds", "images_per_second"],
] as const;

/** A row of a CSV log. */
type Row = Partial<Record<typeof columns[number], number>> & { step: number };

/**
 * The logs of a training. They are written whole each time, and are complete
 * wherever the training stops; one that goes on keeps what is in them.
 */
export class Logs {
  readonly #paths: LogPaths;
  readonly #unwritten: Unwritten;
  #earlier: readonly StepLoss[] | null;

  /**
   * Nothing is written yet.
   *
   * @param unwritten Keeps the failures.
   * @param isResumed Whether the steps that a CSV log has already stay.
   */
  constructor(paths: LogPaths, unwritten: Unwritten, isResumed: boolean) {
    this.#paths = paths;
    this.#unwritten = unwritten;
    this.#earlier = isResumed ? null : [];
  }

  /** Writes all epochs and steps so far. */
  async write(trainer: Trainer): Promise<void> {
    const { csv, json } = this.#paths;
    if (json !== "") {
      const lines = trainer.history.map((epoch) =>
        `${jsonText(epochRecord(epoch, trainer))}\n`
      );
      await this.#attempt(json, lines.join(""));
    }
    if (csv !== "") {
      this.#earlier ??= await stepsIn(csv);
      await this.#attempt(csv, tableOf(trainer, this.#earlier));
    }
  }

  async #attempt(path: string, text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#unwritten.attempt(path, () => writeFileAtomic(path, bytes));
  }
}

/** A row for each reading of the loss, and one after the last of an epoch. */
function tableOf(
  { history, losses, rows, settings }: Trainer,
  earlier: readonly StepLoss[],
): string {
  const steps = Math.ceil(rows / settings.batchSize);
  const first = losses[0]?.step ?? Infinity;
  const kept = earlier.filter(({ step }) => step < first);
  const all: Row[] = [...kept, ...losses].map(({ loss, step }) => ({
    epoch: Math.ceil(step / steps),
    step,
    loss_step: loss,
  }));
  all.push(...history.map((result): Row => ({
    epoch: result.epoch,
    step: result.epoch * steps,
    loss: result.loss,
    acc: result.acc,
    val_loss: result.valLoss,
    val_acc: result.valAcc,
    lr: result.lr,
    train_seconds: result.trainSeconds,
    eval_seconds: result.evalSeconds,
    images_per_second: result.imagesPerSecond,
  })));
  const lines = all.toSorted((one, other) => one.step - other.step)
    .map((row) => columns.map((name) => cell(row[name])).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

function cell(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : String(value);
}

/** The steps of a CSV log that is there already. */
async function stepsIn(path: string): Promise<StepLoss[]> {
  const [head, ...lines] = (await textIn(path)).trimEnd().split("\n");
  if (head !== columns.join(",")) return [];
  return lines.map((line) => line.split(","))
    .filter((cells) => cells[2] !== "")
    .map(([, step, loss]) => ({ step: Number(step), loss: Number(loss) }));
}

async function textIn(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
