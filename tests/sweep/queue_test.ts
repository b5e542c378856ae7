/** The queue of trials in this process, with trainings that are none. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  takeTrials,
  type TrialEnd,
  type TrialJob,
  TrialQueue,
} from "../../src/sweep/mod.ts";
import { hasRedis, startRedis, until } from "../cli/_redis.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

needs(import.meta.url, "env", "net", "read", "run", "sys", "write");

const job: TrialJob = {
  folder: "sweep/trial-01",
  args: ["--lr", "1"],
  initial: [],
};
const done: TrialEnd = { code: 0, message: "" };

/** A worker that does with each trial what it is told to. */
function startWorker(
  address: string,
  run: (trial: TrialJob) => Promise<TrialEnd>,
) {
  const controller = new AbortController();
  const troubles: string[] = [];
  const ended = takeTrials(address, {
    jobs: 1,
    run: (trial, onEpoch) => {
      onEpoch({ epoch: 3, val_acc: 0.5 });
      return run(trial);
    },
    onTrouble: (message) => troubles.push(message),
    signal: controller.signal,
  });
  return {
    troubles,
    stop: () => controller.abort(),
    ended,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await ended;
    },
  };
}

/** A test with a Redis of its own. */
function redisTest(
  name: string,
  run: (
    redis: Awaited<ReturnType<typeof startRedis>>,
    queue: TrialQueue,
    troubles: string[],
  ) => Promise<void>,
): void {
  Deno.test({
    name: hasRedis ? name : `${name} (needs redis-server)`,
    ignore: !hasRedis,
    // The library's sockets close a little later.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using folder = await temporaryFolder();
      await using redis = await startRedis(folder.path);
      const troubles: string[] = [];
      await using queue = await TrialQueue.open(
        redis.address,
        (message) => troubles.push(message),
      );
      await run(redis, queue, troubles);
    },
  });
}

const { signal } = new AbortController();

redisTest(
  "a trial of a queue ends as its worker says, and is done anew when asked again",
  async ({ address }, queue) => {
    const ends = [done, { code: 1, message: "out of memory" }, done];
    const seen: TrialJob[] = [];
    await using _worker = startWorker(address, (trial) => {
      seen.push(trial);
      return Promise.resolve(ends[seen.length - 1]);
    });
    const epochs: number[] = [];
    const onEpoch = ({ epoch }: { epoch: number }) => epochs.push(epoch);
    for (const end of ends) {
      assertEquals(await queue.run("one", job, { onEpoch, signal }), end);
    }
    assertEquals(seen, [job, job, job]);
    await until(() => Promise.resolve(epochs.length === 3));
    assertEquals(epochs, [3, 3, 3]);
  },
);

redisTest(
  "a mistake of a worker, and a trial elsewhere, fail in one line",
  async ({ address }, queue) => {
    await using _worker = startWorker(
      address,
      () => Promise.reject(new Error("no such file")),
    );
    assertEquals(await queue.run("one", job, { signal }), {
      code: 1,
      message: "no such file",
    });
    for (
      const own of [{ folder: "../elsewhere" }, { args: [1] }, {
        initial: null,
      }]
    ) {
      const trial = { ...job, ...own } as TrialJob;
      const { code, message } = await queue.run("two", trial, { signal });
      assertEquals(code, 1);
      assertMatch(
        message,
        /^a trial from the queue: expected a folder below this one, .* Help: Start/,
      );
    }
  },
);

redisTest(
  "a sweep that stops takes back what nobody has begun",
  async ({ address }, queue) => {
    const controller = new AbortController();
    const run = queue.run("one", job, { signal: controller.signal });
    // One that is stopped before it is in the queue; the first is in it by then.
    const none = await queue.run("none", job, { signal: AbortSignal.abort() });
    assertEquals(none, { code: 1, message: "stopped" });
    controller.abort();
    assertEquals(await run, { code: 1, message: "stopped" });
    const seen: string[] = [];
    await using _worker = startWorker(address, ({ folder }) => {
      seen.push(folder);
      return Promise.resolve(done);
    });
    await queue.run("other", { ...job, folder: "other" }, { signal });
    assertEquals(seen, ["other"]);
  },
);

redisTest(
  "a worker that stops gives its trial back",
  async ({ address }, queue) => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<TrialEnd>();
    await using first = startWorker(address, () => {
      begun.resolve();
      return end.promise;
    });
    const run = queue.run("one", job, { signal });
    await begun.promise;
    first.stop();
    end.resolve({ code: 130, message: "stopped" });
    await first.ended;
    await using _second = startWorker(address, () => Promise.resolve(done));
    assertEquals(await run, done);
    // One that is to stop at once takes none.
    const controller = new AbortController();
    controller.abort();
    await takeTrials(address, {
      jobs: 1,
      run: () => Promise.reject(new Error("taken")),
      onTrouble() {},
      signal: controller.signal,
    });
  },
);
