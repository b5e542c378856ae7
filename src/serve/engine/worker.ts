/**
 * The program of the page's worker: the network runs here, so that drawing never
 * waits for it.
 *
 * @module
 */

// First: classes name methods by `Symbol.dispose`.
import "./disposal.ts";
import { PageEngine } from "./engine.ts";
import type { Call, Reply } from "./protocol.ts";

/** As much of a worker as is used: Deno's types have none. */
interface Scope {
  postMessage(message: Reply): void;
  addEventListener(
    name: "message",
    listener: (event: MessageEvent<Call>) => void,
  ): void;
}

const scope = globalThis as unknown as Scope;
const engine = new PageEngine((event) => scope.postMessage({ event }));

scope.addEventListener("message", async ({ data: { args, id, method } }) => {
  try {
    const run = engine[method] as (...args: unknown[]) => Promise<unknown>;
    scope.postMessage({ id, value: await run.apply(engine, [...args]) });
  } catch (error) {
    scope.postMessage({ id, error: (error as Error).message });
  }
});
