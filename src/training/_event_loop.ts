/**
 * Lets the event loop turn once: some 5 µs. Where the device is the CPU,
 * awaiting it gives way to promises only; without this no timer would fire and
 * no `Ctrl-C` be heard until the training is over.
 */
export async function turnEventLoop(): Promise<void> {
  // Browsers lack setImmediate; a timer costs a millisecond or more there.
  const soon = globalThis.setImmediate ?? setTimeout;
  await new Promise<void>((resolve) => soon(resolve));
}
