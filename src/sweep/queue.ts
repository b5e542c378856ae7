/**
 * Trials over many machines: a queue of BullMQ's in Redis, into which a sweep
 * puts them and from which workers take them. Only what is to be done and how it
 * ended goes through it; the files of the trials are in a folder that all share.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { DataError, describe } from "../base/errors.ts";
import { library } from "../base/library.ts";
import type {
  TrialEnd,
  TrialEpoch,
  TrialJob,
  TrialProcessOptions,
} from "./trial_process.ts";

/**
 * The library, by a variable so that Deno does not fetch it before a program
 * starts.
 */
const bullmq = "npm:bullmq@5.81.5";

/** The queue in Redis. */
const queueName = "mnist-cnn-trials";

/**
 * Milliseconds without a sign of life after which a worker is given up, and
 * between two looks at the others'.
 */
const lockDuration = 6000;
const stalledInterval = 3000;

/** How many workers a trial may lose before it has failed. */
const maxStalledCount = 3;

/** Seconds for which Redis keeps how a trial ended. */
const keptSeconds = 3600;

/** Parts of the library as far as they are used here. */
interface Job {
  readonly data: unknown;
  isCompleted(): Promise<boolean>;
  isFailed(): Promise<boolean>;
  moveToDelayed(time: number, token?: string): Promise<void>;
  remove(): Promise<void>;
  updateProgress(progress: TrialEpoch): Promise<void>;
  waitUntilFinished(events: QueueEvents): Promise<TrialEnd>;
}

interface Queue {
  add(name: string, data: TrialJob, options: object): Promise<Job>;
  close(): Promise<void>;
  getJob(id: string): Promise<Job | undefined>;
  on(event: "error", hear: (error: Error) => void): void;
}

interface QueueEvents {
  close(): Promise<void>;
  on(event: "error", hear: (error: Error) => void): void;
  on(event: "progress", hear: (progress: Progress) => void): void;
  waitUntilReady(): Promise<unknown>;
}

interface Progress {
  readonly jobId: string;
  readonly data: TrialEpoch;
}

/** The queue as a sweep uses it. */
export class TrialQueue implements AsyncDisposable {
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #epochs = new Map<string, TrialProcessOptions["onEpoch"]>();

  private constructor(queue: Queue, events: QueueEvents) {
    this.#queue = queue;
    this.#events = events;
    events.on("progress", ({ data, jobId }) => this.#epochs.get(jobId)?.(data));
  }

  /**
   * Opens the queue.
   *
   * @param address `redis://host:port`.
   * @param onTrouble Hears why Redis cannot be reached any more; it is tried on.
   * @throws {DataError} If Redis is not there, or may not be reached.
   * @throws {LibraryError} If BullMQ cannot be loaded.
   */
  static async open(
    address: string,
    onTrouble: (message: string) => void,
  ): Promise<TrialQueue> {
    const { Queue, QueueEvents } = await open(address);
    const connection = { url: address };
    const queue = new Queue(queueName, { connection });
    const events = new QueueEvents(queueName, { connection });
    tellTrouble([queue, events], onTrouble);
    await events.waitUntilReady();
    return new TrialQueue(queue, events);
  }

  /**
   * Puts a trial into the queue, unless it is there already, and waits until a
   * worker has trained it. Where the signal is aborted, a trial that nobody has
   * begun is taken back; others go on to their end.
   *
   * @param id The trial, the same one where a sweep goes on.
   */
  async run(
    id: string,
    trial: TrialJob,
    { onEpoch, signal }: TrialProcessOptions,
  ): Promise<TrialEnd> {
    const before = await this.#queue.getJob(id);
    if (await before?.isCompleted() || await before?.isFailed()) {
      await before!.remove();
    }
    const kept = { age: keptSeconds };
    const job = await this.#queue.add("trial", trial, {
      jobId: id,
      removeOnComplete: kept,
      removeOnFail: kept,
    });
    this.#epochs.set(id, onEpoch);
    const stopped = Promise.withResolvers<TrialEnd>();
    const stop = async () => {
      // A worker has it: that is no fault.
      await job.remove().catch(() => {});
      stopped.resolve({ code: 1, message: "stopped" });
    };
    signal.addEventListener("abort", stop);
    // While it was put into the queue.
    if (signal.aborted) stop();
    try {
      const finished = job.waitUntilFinished(this.#events)
        .catch(({ message }: Error) => ({ code: 1, message }));
      return await Promise.race([finished, stopped.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
      this.#epochs.delete(id);
    }
  }

  /** Leaves the queue as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#events.close();
    await this.#queue.close();
  }
}

/** How trials are taken. */
export interface TakeTrialsOptions {
  /** How many at a time. */
  readonly jobs: number;
  /** Trains a trial. */
  run(
    trial: TrialJob,
    onEpoch: (epoch: TrialEpoch) => void,
  ): Promise<TrialEnd>;
  /** Hears why Redis cannot be reached any more; it is tried on. */
  onTrouble(message: string): void;
  /** Ends the work. Trials that have begun go back into the queue. */
  readonly signal: AbortSignal;
}

/**
 * Takes trials from a queue until the signal is aborted. A trial whose worker
 * is killed is taken by another one, which goes on from its checkpoint.
 *
 * @param address `redis://host:port`.
 * @throws {DataError} If Redis is not there, or may not be reached.
 * @throws {LibraryError} If BullMQ cannot be loaded.
 */
export async function takeTrials(
  address: string,
  { jobs, onTrouble, run, signal }: TakeTrialsOptions,
): Promise<void> {
  const { DelayedError, Worker } = await open(address);
  const work = async (job: Job, token?: string): Promise<TrialEnd> => {
    const trial = trialIn(job.data);
    const end = await run(trial, (epoch) => {
      // Of an epoch that is not heard of nothing depends.
      job.updateProgress(epoch).catch(() => {});
    });
    if (!signal.aborted) return end;
    await job.moveToDelayed(Date.now(), token);
    throw new DelayedError();
  };
  const worker = new Worker(queueName, work, {
    ...{ lockDuration, maxStalledCount, stalledInterval },
    concurrency: jobs,
    connection: { url: address },
  });
  tellTrouble([worker], onTrouble);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
  await worker.close();
}

/** Whether a folder is below the one where this program stands. */
export function isBelowHere(folder: string): boolean {
  const [first] = join(folder).split(/[/\\]/);
  return !isAbsolute(folder) && ![".", ".."].includes(first);
}

/**
 * The trial in a job, which may have been put there by anybody.
 *
 * @throws {DataError} If it is none, or has its folder elsewhere.
 */
function trialIn(data: unknown): TrialJob {
  const { args, folder, initial } = Object(data);
  const areWords = (list: unknown) =>
    Array.isArray(list) && list.every((word) => typeof word === "string");
  if (typeof folder === "string" && isBelowHere(folder)) {
    if (areWords(args) && areWords(initial)) return { args, folder, initial };
  }
  throw new DataError(describe({
    what: "a trial from the queue",
    expected: "a folder below this one, and arguments of train",
    got: JSON.stringify(data).slice(0, 200),
    help: "Start sweep and workers in one shared folder.",
  }));
}

/** Tells once what is wrong: the library connects again and again by itself. */
function tellTrouble(
  parts: readonly Pick<Queue, "on">[],
  onTrouble: (message: string) => void,
): void {
  const told = new Set<string>();
  for (const part of parts) {
    part.on("error", ({ message }) => {
      if (!told.has(message)) onTrouble(message);
      told.add(message);
    });
  }
}

/** Loads the library, once it is sure that Redis is there. */
async function open(address: string) {
  await knock(address);
  return await library(bullmq, () => import(bullmq));
}

/**
 * Finds out whether something listens at an address: the library would try again
 * and again.
 */
async function knock(address: string): Promise<void> {
  const { hostname, port, protocol } = URL.parse(address) ??
    { hostname: "", port: "", protocol: "" };
  const help = "Give --queue redis://HOST:PORT, where redis-server runs.";
  if (!/^rediss?:$/.test(protocol) || hostname === "") {
    throw new DataError(describe({
      what: `queue ${address}`,
      expected: "redis://HOST:PORT",
      got: address,
      help,
    }));
  }
  const place = { hostname, port: Number(port || 6379) };
  try {
    (await Deno.connect(place)).close();
  } catch (cause) {
    const { message } = cause as Error;
    const isRefused = cause instanceof Deno.errors.NotCapable;
    throw new DataError(
      describe({
        what: `cannot reach the queue at ${hostname}:${place.port}`,
        got: message,
        help: isRefused
          ? "The tasks may reach this machine alone; for another, run deno " +
            "with the flags of the task in deno.json and " +
            `--allow-net=${hostname}:${place.port}.`
          : help,
      }),
      { cause },
    );
  }
}
