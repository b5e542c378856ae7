import type { DType } from "../devices/device.ts";
import { bytesOf } from "../devices/pool.ts";
import type { AnyTensor } from "./tensor.ts";

/** Bytes by which loose tensors may grow before garbage is looked for. */
const leastGrowth = 32 * 2 ** 20;

/**
 * Bytes of an array that is made to start the engine's collector, more than V8
 * lets external memory grow between two collections (64 MiB). Nothing touches
 * it, so the system gives it no memory.
 */
const pressure = 128 * 2 ** 20;

/** Turns of the event loop in which a collection ends, 3 to 10 as a rule. */
const mostTurns = 100;

/** The remains of a tensor that the collector has found. */
interface Remains {
  readonly bytes: number;
  /** Gives the memory back. */
  release(): void;
}

/** Bytes of all loose tensors. */
let held = 0;
/** Bytes from which on garbage is looked for. */
let limit = leastGrowth;
let collection: Promise<void> | null = null;

const registry = new FinalizationRegistry<Remains>(({ bytes, release }) => {
  held -= bytes;
  release();
});

/**
 * Takes a tensor that no scope owns. Its memory goes back to its device when
 * the collector finds it.
 */
export function addLoose(tensor: AnyTensor): void {
  const { buffer, device, dtype, length } = tensor;
  const bytes = length * bytesOf[dtype as DType];
  held += bytes;
  const release = () => device.release(buffer);
  registry.register(tensor, { bytes, release }, tensor);
}

/** Forgets a tensor that is freed now; nothing if it is not loose. */
export function removeLoose(tensor: AnyTensor): void {
  if (!registry.unregister(tensor)) return;
  held -= tensor.length * bytesOf[tensor.dtype as DType];
}

/**
 * Has the collector run where loose tensors hold much more memory than after
 * its last run, and waits until it has: the engine does not see the memory of
 * tensors, so without this it would let a loop fill the device. Null where
 * there is nothing to wait for.
 */
export function collectLoose(): Promise<void> | null {
  if (held <= limit) return null;
  return collection ??= collect().finally(() => {
    limit = held + Math.max(leastGrowth, held / 2);
    collection = null;
  });
}

/**
 * Runs the collector, once more where it found little: what was in use when it
 * began to mark counts as in use until its next run.
 */
async function collect(): Promise<void> {
  await collectOnce();
  if (held > limit) await collectOnce();
}

async function collectOnce(): Promise<void> {
  let isDone = false;
  const release = () => {
    isDone = true;
  };
  // Unreachable at once: it is found with all that was so before.
  registry.register({}, { bytes: 0, release });
  const { port1, port2 } = new MessageChannel();
  try {
    for (let turn = 0; turn < mostTurns && !isDone; turn++) {
      new ArrayBuffer(pressure);
      await new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(null);
      });
    }
  } finally {
    port1.close();
  }
}
