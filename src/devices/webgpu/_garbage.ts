/**
 * Bytes of an array that is made to start the engine's collector, more than V8
 * lets external memory grow between two collections (64 MiB). Nothing touches
 * it, so the system gives it no memory.
 */
const pressure = 128 * 2 ** 20;

/** Turns of the event loop in which a collection ends, 10 to 40 as a rule. */
const mostTurns = 100;

/** Turns after which the collector's quick runs no longer find an object. */
const turnsOfYouth = 3;

const registry = /* @__PURE__ */ new FinalizationRegistry<() => void>((found) =>
  found()
);

/**
 * Has the collector run over everything, and waits until it has. The engine does
 * not see what pipelines and bind groups take outside it, so it does not run by
 * itself when that grows. Takes some 50 ms.
 */
export async function collectGarbage(): Promise<void> {
  let isDone = false;
  // Found together with what was unreachable before, if it is as old.
  let sentinel: object | null = {};
  registry.register(sentinel, () => {
    isDone = true;
  });
  // Some are held: a quick run frees the others, and no thorough one starts.
  const arrays: ArrayBuffer[] = [];
  const { port1, port2 } = new MessageChannel();
  try {
    for (let turn = 0; turn < mostTurns && !isDone; turn++) {
      arrays.push(new ArrayBuffer(pressure));
      if (arrays.length > 2) arrays.shift();
      if (turn === turnsOfYouth) sentinel = null;
      await new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(sentinel === null);
      });
    }
  } finally {
    port1.close();
  }
}
