/**
 * Yields to the event loop once, about 5 µs. Awaiting the CPU device runs
 * microtasks only; without this no timer would fire, and no `Ctrl-C` be handled,
 * before the training ends.
 */
export async function turnEventLoop(): Promise<void> {
  // Browsers lack setImmediate; a timer costs a millisecond or more there.
  const soon = globalThis.setImmediate ?? setTimeout;
  await new Promise<void>((resolve) => soon(resolve));
}
