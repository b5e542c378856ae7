import { assertEquals, assertThrows } from "@std/assert";
import { blockingOf, type Trace } from "./_blocking.ts";

const committed = (processId: number, url: string) => ({
  ...{ name: "FrameCommittedInBrowser", pid: 1, tid: 1 },
  args: { data: { processId, url } },
});
const thread = (pid: number, tid: number, name: string) => ({
  ...{ name: "thread_name", pid, tid },
  args: { name },
});
const task = (pid: number, tid: number, milliseconds: number) => ({
  ...{ name: "RunTask", pid, tid, tdur: 1000 * milliseconds },
  args: {},
});

Deno.test("blocking: the page's own main thread, past 50 ms of a task", () => {
  const trace: Trace = {
    traceEvents: [
      committed(7, "about:blank"),
      committed(8, "http://127.0.0.1:1/"),
      thread(7, 7, "CrRendererMain"),
      thread(8, 9, "Compositor"),
      thread(8, 8, "CrRendererMain"),
      task(7, 7, 900),
      task(8, 9, 800),
      task(8, 8, 70),
      task(8, 8, 49),
      task(8, 8, 51),
    ],
  };
  assertEquals(blockingOf(trace, 1), 21);
  assertEquals(blockingOf(trace, 4), 230 + 146 + 154);
});

Deno.test("blocking: a trace without the page's main thread is refused", () => {
  assertThrows(() => blockingOf({ traceEvents: [] }, 4), Error, "main thread");
});
