import type { Call, Engine, EngineEvent, Reply } from "../engine/protocol.ts";
import { painted } from "./dom.ts";

/**
 * The engine in a worker, as if it were here.
 *
 * @param onEvent Is told what happens there meanwhile.
 * @param onFailure Is told where the worker cannot run.
 */
export function remoteEngine(
  onEvent: (event: EngineEvent) => void,
  onFailure: (reason: string) => void,
): Engine {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  // After the first frame: a telephone has few cores to read the library and to
  // paint the page on.
  const worker = painted().then(() => {
    const worker = new Worker("engine.js", { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("event" in data) return onEvent(data.event);
      const call = waiting.get(data.id)!;
      waiting.delete(data.id);
      if ("error" in data) call.reject(new Error(data.error));
      else call.resolve(data.value);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      onFailure(event.message ?? "it cannot be read");
    };
    return worker;
  });
  const methodOf = (method: keyof Engine) => (...args: unknown[]) => {
    const call = Promise.withResolvers<unknown>();
    const id = calls++;
    waiting.set(id, call);
    const message: Call = { id, method, args };
    worker.then((worker) => worker.postMessage(message));
    return call.promise;
  };
  return new Proxy({} as Engine, {
    get: (_target, method) => methodOf(method as keyof Engine),
  });
}
