/** As much of a trace of Chrome as is read. */
export interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    /** Processor time of the thread, in microseconds. */
    readonly tdur?: number;
    readonly args: {
      readonly name?: string;
      readonly data?: { readonly url?: string; readonly processId?: number };
    };
  }[];
}

/** The longest that a task may take without being felt, in milliseconds. */
const most = 50;

/**
 * How long the page's main thread blocks what one does, in milliseconds, by its
 * own processor time: what other programs take meanwhile does not count.
 *
 * @param slower How many times slower than this machine the page's is.
 */
export function blockingOf({ traceEvents }: Trace, slower: number): number {
  // A page of another site gets a process of its own.
  const page = traceEvents.findLast(({ args, name }) =>
    name === "FrameCommittedInBrowser" && args.data?.url?.startsWith("http")
  )?.args.data?.processId;
  const main = traceEvents.find(({ args, name, pid }) =>
    name === "thread_name" && pid === page && args.name === "CrRendererMain"
  );
  if (main === undefined) throw new Error("the trace has no main thread");
  return traceEvents
    .filter(({ name, pid, tid }) =>
      name === "RunTask" && pid === main.pid && tid === main.tid
    )
    .map(({ tdur = 0 }) => slower * tdur / 1000 - most)
    .filter((blocking) => blocking > 0)
    .reduce((sum, blocking) => sum + blocking, 0);
}
